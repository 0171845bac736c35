// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Questions as values, and what each policy says to them. No server.
#include "task/dialogue.hpp"

#include <chrono>
#include <memory>
#include <string>

using namespace esxvi::test;
using namespace std::chrono_literals;
using esxvi::Asked;
using esxvi::Decision;
using esxvi::Question;
using kind = esxvi::Decision::kind;

namespace {

Question const serial = Question::from(serial_question());
Question const copied = Question::from(copied_question());

Question without_default() {
  auto info = serial_question();
  info.choice.defaultIndex.reset();
  return Question::from(info);
}
Question without_choices() {
  auto info = serial_question();
  info.choice.choiceInfo.clear();
  return Question::from(info);
}

std::string key(Decision const& d) {
  return d.what() == kind::answer ? d.choice().key : d.what() == kind::report ? "report" : "pass";
}

struct AppendToPorts {
  Decision operator()(Asked const& asked) const {
    return asked.question.is("msg.serial.file.open") ? asked.answer("Append") : Decision::pass();
  }
};

}  // namespace

TEST_CASE("a question is named by its first message, its text loses the prefix") {
  CHECK(serial.id == "50");
  CHECK(serial.message_id() == "msg.serial.file.open");
  CHECK(serial.text == "Replace it or append to it?");
  CHECK(serial.is("MSG.Serial.File.Open"));
  CHECK_FALSE(serial.is("msg.serial.file"));
  REQUIRE(serial.choices.size() == 3);
  CHECK(serial.choices[0].words() == "Append");
  CHECK(serial.default_choice()->key == "10");
  CHECK(serial.describe() == "Replace it or append to it? (Append [default], Replace, Cancel)");
}

TEST_CASE("servers without messages: the prefix of the text names the question") {
  auto info = serial_question();
  info.message.clear();
  info.text = "msg.serial.file.open:  Replace?";
  CHECK(Question::from(info).message_id() == "msg.serial.file.open");
  CHECK(Question::from(info).text == "Replace?");
  for (char const* text : {"Replace: yes?", "msg. is no id: no", "msg.:x", "msg.unfinished", ""}) {
    CAPTURE(text);
    info.text = text;
    CHECK(Question::from(info).message_id().empty());
    CHECK(Question::from(info).text == text);
  }
}

TEST_CASE("a question of several parts, and one whose text is only in them") {
  auto info = serial_question();
  vim::VirtualMachineMessage part;
  part.id = "msg.second";
  part.text = "More.";
  info.message.push_back(part);
  info.text.clear();
  auto const q = Question::from(info);
  CHECK(q.message_id() == "msg.serial.file.open");
  REQUIRE(q.message_ids.size() == 2);
  CHECK(q.text == "Replace it or append to it?\nMore.");
}

TEST_CASE("the default is a place in the list, if there is one") {
  auto info = serial_question();
  info.choice.defaultIndex = 2;
  CHECK(Question::from(info).default_choice()->key == "12");
  for (int const none : {-1, 3, 1'000'000}) {
    info.choice.defaultIndex = none;
    CHECK(Question::from(info).default_choice() == nullptr);
  }
  CHECK(without_default().default_choice() == nullptr);
  CHECK(without_choices().default_choice() == nullptr);
  // A hole in the list keeps its place.
  info = serial_question();
  info.choice.choiceInfo[0].reset();
  info.choice.defaultIndex = 1;
  CHECK(Question::from(info).default_choice()->key == "11");
}

TEST_CASE("an answer is found by label, then by words, then by key") {
  CHECK(copied.find("button.uuid.movedTheVM")->key == "1");
  CHECK(copied.find("BUTTON.UUID.movedthevm")->key == "1");
  CHECK(copied.find("I copied it")->key == "2");
  CHECK(copied.find("I Co_pied It")->key == "2");
  CHECK(copied.find("0")->key == "0");
  CHECK(copied.find("3") == nullptr);
  CHECK(copied.find("") == nullptr);
  CHECK(copied.find("_") == nullptr);
  // What is a label of one choice, the words of another and the key of a third:
  auto const q = Question::from(
      question("1", "msg.x", "?", {{"a", "z", "first"}, {"z", "l", "b"}, {"k", "m", "z"}}));
  CHECK(q.find("z")->key == "a");
  CHECK(q.find("l")->key == "z");
  auto const older =
      Question::from(question("1", "msg.x", "?", {{"0", "_Yes", ""}, {"1", "No", ""}}));
  CHECK(older.find("yes")->key == "0");
  CHECK(older.choices[0].words() == "Yes");
}

TEST_CASE("a policy without content costs nothing") {
  static_assert(sizeof(esxvi::Task<>) == sizeof(void*));
  static_assert(sizeof(esxvi::Task<esxvi::AnswerDefault>) == sizeof(void*));
  static_assert(sizeof(esxvi::Task<AppendToPorts>) == sizeof(void*));
  static_assert(sizeof(esxvi::Task<esxvi::FirstOf<AppendToPorts, esxvi::AnswerDefault>>) ==
                sizeof(void*));
  auto const stateless = [](Question const&) { return std::string("Append"); };
  static_assert(sizeof(esxvi::Task<esxvi::AskUser<decltype(stateless)>>) == sizeof(void*));
  static_assert(sizeof(esxvi::Task<esxvi::AnswerById>) > sizeof(void*));
  static_assert(esxvi::QuestionPolicy<AppendToPorts>);
  static_assert(esxvi::QuestionPolicy<decltype([](Asked const&) { return Decision::pass(); })>);
  static_assert(!esxvi::QuestionPolicy<int>);
  static_assert(!esxvi::QuestionPolicy<decltype([](Asked const&) { return 1; })>);
  static_assert(!esxvi::QuestionPolicy<decltype([](Question const&) { return Decision::pass(); })>);
}

TEST_CASE("who answers what belongs to somebody else") {
  static_assert(!esxvi::answers_pending<esxvi::ReportAndCancel>);
  static_assert(esxvi::answers_pending<esxvi::AnswerDefault>);
  static_assert(!esxvi::answers_pending<esxvi::AnswerById>);
  static_assert(!esxvi::answers_pending<AppendToPorts>);
  static_assert(esxvi::answers_pending<esxvi::FirstOf<AppendToPorts, esxvi::AnswerDefault>>);
  static_assert(!esxvi::answers_pending<esxvi::FirstOf<AppendToPorts, esxvi::AnswerById>>);
}

TEST_CASE("ReportAndCancel") { CHECK(key(esxvi::ReportAndCancel()({serial})) == "report"); }

TEST_CASE("AnswerDefault") {
  esxvi::AnswerDefault const policy;
  CHECK(key(policy({serial})) == "10");
  CHECK(key(policy({copied})) == "2");
  CHECK(key(policy({.question = serial, .times = 5})) == "10");
  CHECK(key(policy({.question = serial, .times = 6})) == "report");
  CHECK(has(policy({.question = serial, .times = 6}).why(), "again after 5"));
  CHECK(key(esxvi::AnswerDefaultUpTo<1>()({.question = serial, .times = 2})) == "report");
  CHECK(policy({without_default()}).why() == "it has no default");
  CHECK(policy({without_choices()}).why() == "it has no choices");
}

TEST_CASE("AskUser: all that a function may give") {
  using esxvi::AskUser;
  CHECK(key(AskUser([](Question const&) { return "replace"; })({serial})) == "11");
  CHECK(key(AskUser([](Question const&) { return std::string("12"); })({serial})) == "12");
  CHECK(key(AskUser([](Question const& q) { return &q.choices[1]; })({serial})) == "11");
  CHECK(key(AskUser([](Question const& q) { return q.find("nothing"); })({serial})) == "report");
  CHECK(key(AskUser([](Question const&) { return std::optional<std::string>(); })({serial})) ==
        "report");
  CHECK(key(AskUser([](Question const&) -> char const* { return nullptr; })({serial})) == "report");
  CHECK(key(AskUser([](Question const&) { return std::optional<char const*>(nullptr); })(
            {serial})) == "report");
  CHECK(key(AskUser([](Question const&) { return std::optional<std::string>("Append"); })(
            {serial})) == "10");
  CHECK(key(AskUser([](Question const&) { return Decision::pass(); })({serial})) == "pass");
  auto const wrong = AskUser([](Question const&) { return "Explode"; })({serial});
  CHECK(key(wrong) == "report");
  CHECK(has(wrong.why(), "\"Explode\" is none of the choices"));
  // With the time that is left.
  AskUser hurried([](Asked const& a) { return a.remaining < 1s ? "Cancel" : "Append"; });
  CHECK(key(hurried({.question = serial, .remaining = 500ms})) == "12");
  CHECK(key(hurried({.question = serial, .remaining = 5s})) == "10");
}

TEST_CASE("AnswerById") {
  esxvi::AnswerById const policy{{"msg.SERIAL.file.open", "replace"},
                                 {"msg.uuid.altered", "I don't know"}};
  CHECK(key(policy({serial})) == "11");
  CHECK(has(policy({copied}).why(), "I don't know"));
  CHECK(key(policy({.question = serial, .times = 6})) == "report");
  CHECK(key(esxvi::AnswerById({})({serial})) == "pass");
  auto const harmless = esxvi::AnswerById::harmless();
  CHECK(key(harmless({serial})) == "10");
  CHECK(key(harmless({copied})) == "2");
  auto const full = Question::from(question("1", "msg.hbacommon.outofspace", "No space",
                                            {{"0", "r", "_Retry"}, {"1", "c", "Cancel"}}));
  CHECK(key(harmless({full})) == "pass");
}

TEST_CASE("FirstOf") {
  esxvi::FirstOf<AppendToPorts, esxvi::AnswerById, esxvi::AnswerDefault> policy(
      {}, esxvi::AnswerById{{"msg.uuid.altered", "I moved it"}}, {});
  CHECK(key(policy({serial})) == "10");
  CHECK(key(policy({copied})) == "1");
  auto const other =
      Question::from(question("1", "msg.other", "?", {{"7", "y", "Yes"}, {"8", "n", "No"}}, 1));
  CHECK(key(policy({other})) == "8");
  // Those that must not answer for others are not even asked.
  CHECK(key(policy({.question = copied, .pending_before = true})) == "2");
  esxvi::FirstOf<AppendToPorts, AppendToPorts> none;
  CHECK(key(none({copied})) == "pass");
}

TEST_CASE("policies may hold what cannot be copied") {
  esxvi::AskUser policy(
      [words = std::make_unique<std::string>("Append")](Question const&) { return *words; });
  CHECK(key(policy({serial})) == "10");
  auto moved = std::move(policy);
  CHECK(key(moved({serial})) == "10");
}
