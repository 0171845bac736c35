// list_floor URL USER PASSWORD: the same question as the other list benches ask, asked by libcurl,
// and the answer given to expat with empty handlers. Nothing that decodes what it got can use less.
// Prints the same JSON line.
#include <curl/curl.h>
#include <expat.h>
#include <sys/resource.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

// The one thing that is looked at: how many elements <objects> or <returnval> came back, and the
// text of the first few.
struct Reply {
  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser{XML_ParserCreate(nullptr),
                                                                      &XML_ParserFree};
  std::size_t objects = 0;
};

void start(void* user, XML_Char const* name, XML_Char const** /*attributes*/) {
  if (std::strcmp(name, "objects") == 0) ++static_cast<Reply*>(user)->objects;
}
void end(void* /*user*/, XML_Char const* /*name*/) {}
void text(void* /*user*/, XML_Char const* /*characters*/, int /*count*/) {}

std::size_t parse(char* data, std::size_t size, std::size_t count, void* reply) {
  auto const bytes = size * count;
  bool const ok = XML_Parse(static_cast<Reply*>(reply)->parser.get(), data, static_cast<int>(bytes),
                            0) == XML_STATUS_OK;
  return ok ? bytes : 0;
}
std::size_t keep(char* data, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

class Connection {
 public:
  explicit Connection(char const* url) {
    curl_easy_setopt(curl(), CURLOPT_URL, url);
    curl_easy_setopt(curl(), CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl(), CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(curl(), CURLOPT_COOKIEFILE, "");
    curl_easy_setopt(curl(), CURLOPT_FAILONERROR, 1L);
  }

  std::string text_of(std::string const& body) {
    std::string reply;
    post(body, keep, &reply);
    return reply;
  }

  std::size_t objects_of(std::string const& body) {
    Reply reply;
    XML_SetUserData(reply.parser.get(), &reply);
    XML_SetElementHandler(reply.parser.get(), start, end);
    XML_SetCharacterDataHandler(reply.parser.get(), text);
    post(body, parse, &reply);
    return reply.objects;
  }

 private:
  CURL* curl() const { return handle_.get(); }

  void post(std::string const& body, curl_write_callback sink, void* target) {
    std::string const envelope =
        R"(<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" )"
        R"(xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Body>)" +
        body + "</e:Body></e:Envelope>";
    curl_easy_setopt(curl(), CURLOPT_POSTFIELDSIZE, static_cast<long>(envelope.size()));
    curl_easy_setopt(curl(), CURLOPT_POSTFIELDS, envelope.c_str());
    curl_easy_setopt(curl(), CURLOPT_WRITEFUNCTION, sink);
    curl_easy_setopt(curl(), CURLOPT_WRITEDATA, target);
    if (CURLcode const code = curl_easy_perform(curl()); code != CURLE_OK)
      throw std::runtime_error(curl_easy_strerror(code));
  }

  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle_{curl_easy_init(), &curl_easy_cleanup};
};

std::string call(std::string const& method, std::string const& type, std::string const& id,
                 std::string const& rest = {}) {
  return "<" + method + " xmlns=\"urn:vim25\"><_this type=\"" + type + "\">" + id + "</_this>" +
         rest + "</" + method + ">";
}

// The text of the first element NAME of a reply.
std::string text_of_element(std::string const& reply, std::string const& name) {
  auto const at = reply.find("<" + name);
  if (at == reply.npos) throw std::runtime_error("the server's reply has no " + name);
  auto const from = reply.find('>', at) + 1;
  return reply.substr(from, reply.find('<', from) - from);
}

std::string escaped(std::string_view plain) {
  std::string text;
  for (char const c : plain) {
    if (c == '&')
      text += "&amp;";
    else if (c == '<')
      text += "&lt;";
    else
      text += c;
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s URL USER PASSWORD\n", argv[0]);
    return 2;
  }
  curl_global_init(CURL_GLOBAL_ALL);
  Connection server(argv[1]);
  auto const content =
      server.text_of(call("RetrieveServiceContent", "ServiceInstance", "ServiceInstance"));
  server.text_of(call("Login", "SessionManager", text_of_element(content, "sessionManager"),
                      "<userName>" + escaped(argv[2]) + "</userName><password>" + escaped(argv[3]) +
                          "</password>"));
  auto const view = text_of_element(
      server.text_of(
          call("CreateContainerView", "ViewManager", text_of_element(content, "viewManager"),
               "<container type=\"Folder\">" + text_of_element(content, "rootFolder") +
                   "</container><type>VirtualMachine</type><recursive>true</recursive>")),
      "returnval");
  std::string paths;
  for (char const* path : {"name", "summary", "config.hardware", "runtime", "guest"})
    paths += std::string("<pathSet>") + path + "</pathSet>";
  auto const vms = server.objects_of(call(
      "RetrievePropertiesEx", "PropertyCollector", text_of_element(content, "propertyCollector"),
      "<specSet><propSet><type>VirtualMachine</type><all>false</all>" + paths +
          "</propSet><objectSet><obj type=\"ContainerView\">" + view +
          "</obj><skip>true</skip><selectSet "
          "xsi:type=\"TraversalSpec\"><name>view</name><type>ContainerView</type>"
          "<path>view</path><skip>false</skip></selectSet></objectSet></specSet><options/>"));
  server.text_of(call("DestroyView", "ContainerView", view));
  server.text_of(call("Logout", "SessionManager", text_of_element(content, "sessionManager")));

  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto const seconds = [](timeval const& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  std::printf(R"({"client": "floor", "vms": %zu, "cpu_seconds": %.4f, "max_rss_kib": %ld})"
              "\n",
              vms, seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss);
} catch (std::exception const& e) {
  std::fprintf(stderr, "list_floor: %s\n", e.what());
  return 1;
}
