// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The prompt, on a pseudo terminal that a child process takes for its own.
#include <esxvi/session/credentials/prompt.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

using esxvi::Challenge;

namespace {

/// What the child reports: the answer, or which error there was.
std::string ask(Challenge const& challenge) {
  try {
    auto const answer = esxvi::ask_password(challenge);
    return answer.user + "|" + std::string(answer.password.reveal());
  } catch (esxvi::invalid_argument const& e) {
    return "refused: " + e.problem();
  } catch (esxvi::cancelled const& e) {
    termios now{};
    auto const terminal = ::open("/dev/tty", O_RDWR);
    bool const echoes = ::tcgetattr(terminal, &now) == 0 && (now.c_lflag & ECHO) != 0;
    return "cancelled: " + e.problem() + (echoes ? "; echoes" : "; silent");
  }
}

std::string read_all(int descriptor) {
  std::string out;
  std::array<char, 256> piece{};
  for (::ssize_t count = 0; (count = ::read(descriptor, piece.data(), piece.size())) > 0;)
    out.append(piece.data(), static_cast<std::size_t>(count));
  ::close(descriptor);
  return out;
}

/// Somebody at a terminal, with ask_password on the other side.
class Person {
 public:
  explicit Person(Challenge const& challenge) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    child_ = ::forkpty(&terminal_, nullptr, nullptr, nullptr);
    REQUIRE(child_ >= 0);
    if (child_ == 0) {
      auto const said = ask(challenge);
      bool const written = ::write(ends[1], said.data(), said.size()) >= 0;
      ::_exit(written ? 0 : 1);
    }
    ::close(ends[1]);
    result_ = ends[0];
  }
  Person(Person const&) = delete;
  Person& operator=(Person const&) = delete;
  ~Person() {
    ::close(terminal_);
    ::waitpid(child_, nullptr, 0);
  }

  /// Reads the screen until it ends with `text`, then types.
  void answer(std::string_view text, std::string_view typed) {
    char c = 0;
    while (!screen.ends_with(text) && ::read(terminal_, &c, 1) == 1) screen += c;
    CHECK(screen.ends_with(text));
    REQUIRE(::write(terminal_, typed.data(), typed.size()) == static_cast<::ssize_t>(typed.size()));
  }
  /// What ask_password returned; the screen is complete afterwards.
  std::string result() {
    auto const text = read_all(result_);
    char c = 0;
    while (::read(terminal_, &c, 1) == 1) screen += c;
    return text;
  }

  std::string screen{};

 private:
  ::pid_t child_ = -1;
  int terminal_ = -1;
  int result_ = -1;
};

}  // namespace

TEST_CASE("the prompt asks for the password of the URI's user, and does not echo it") {
  Person person({.host = "h", .user = "alice"});
  person.answer("Password of alice at h: ", "5ecret x\n");
  CHECK(person.result() == "alice|5ecret x");
  CHECK(person.screen.find("5ecret") == std::string::npos);
}

TEST_CASE("without a user it asks for one, and offers the usual") {
  Person person({.host = "h", .scheme = "vpx"});
  person.answer("User for h [administrator@vsphere.local]: ", "\n");
  person.answer("Password of administrator@vsphere.local at h: ", "pw\n");
  CHECK(person.result() == "administrator@vsphere.local|pw");

  Person other({.host = "h", .scheme = "esx"});
  other.answer("User for h [root]: ", "bob\n");
  other.answer("Password of bob at h: ", "\n");
  CHECK(other.result() == "bob|");
}

TEST_CASE("the end of the input is no password") {
  Person person({.host = "h", .user = "alice"});
  person.answer("Password of alice at h: ", "\x04");
  CHECK(person.result() == "refused: no answer was given");
}

TEST_CASE("Ctrl-C at the password is an error, and the terminal has its echo again") {
  Person person({.host = "h", .user = "alice"});
  person.answer("Password of alice at h: ", "5ec\x03");
  CHECK(person.result() == "cancelled: no answer was given; echoes");
  CHECK(person.screen.find("5ec") == std::string::npos);
}

TEST_CASE("without a terminal nobody can be asked") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  auto const child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::setsid();  // leaves the terminal, if there is one
    auto const said = ask({.host = "h", .user = "alice"});
    bool const written = ::write(ends[1], said.data(), said.size()) >= 0;
    ::_exit(written ? 0 : 1);
  }
  ::close(ends[1]);
  CHECK(read_all(ends[0]) == "refused: there is no terminal");
  ::waitpid(child, nullptr, 0);
}
