// The simulator itself: that it starts in both modes, answers over TLS, knows one password, and
// goes when told to. libcurl alone, so that a failure here is not esxvi's.
#include "support/peer.hpp"
#include "support/skip.hpp"

#include <curl/curl.h>
#include <doctest/doctest.h>

#include <memory>
#include <string>

using esxvi::test::Peer;

namespace {

std::size_t collect(char* data, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

struct Soap {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle{curl_easy_init(), &curl_easy_cleanup};

  std::string post(std::string const& url, std::string const& body) const {
    std::string reply;
    CURL* const curl = handle.get();
    curl_easy_setopt(curl, CURLOPT_COOKIEFILE, "");
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    std::string const envelope =
        "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body>" + body +
        "</Body></Envelope>";
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, envelope.c_str());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply);
    CURLcode const code = curl_easy_perform(curl);
    INFO(curl_easy_strerror(code));
    REQUIRE(code == CURLE_OK);
    return reply;
  }
};

std::string login(std::string const& password) {
  return "<Login xmlns='urn:vim25'><_this "
         "type='SessionManager'>SessionManager</_this><userName>root</userName><password>" +
         password + "</password></Login>";
}

std::string const content =
    "<RetrieveServiceContent xmlns='urn:vim25'><_this "
    "type='ServiceInstance'>ServiceInstance</_this>"
    "</RetrieveServiceContent>";

bool has(std::string const& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the simulator is an ESX host or a vCenter") {
  if (auto why = Peer::why_missing()) ESXVI_SKIP(*why);
  Peer esx({"-esx"});
  Peer vcenter;
  Soap soap;
  CHECK(esx.url().starts_with("https://127.0.0.1:"));
  CHECK(has(soap.post(esx.url(), content), "<apiType>HostAgent</apiType>"));
  CHECK(has(soap.post(vcenter.url(), content), "<apiType>VirtualCenter</apiType>"));
}

TEST_CASE("the simulator checks the password") {
  if (auto why = Peer::why_missing()) ESXVI_SKIP(*why);
  Peer peer({"-esx", "-vm", "1"});
  Soap soap;
  std::string const session_manager =
      has(soap.post(peer.url(), content), "ha-sessionmgr") ? "ha-sessionmgr" : "";
  REQUIRE_FALSE(session_manager.empty());
  auto const with = [&](std::string const& password) {
    std::string body = login(password);
    body.replace(body.find(">SessionManager<"), 16, ">" + session_manager + "<");
    return soap.post(peer.url(), body);
  };
  CHECK(has(with("wrong"), "InvalidLogin"));
  CHECK(has(with("5ecret &amp; &lt;sauce&gt;"), "<LoginResponse"));
}
