// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/types/VirtualMachineQuestionInfo.hpp>
#include <esxvi/types/core.hpp>
#include <esxvi/types/fwd.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi {

namespace detail {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
constexpr bool same_words(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}
/// Length of "msg.uuid.altered:" in front of a text, 0 when there is none.
constexpr std::size_t message_prefix(std::string_view text) noexcept {
  if (!same_words(text.substr(0, 4), "msg.")) return 0;
  for (std::size_t i = 4; i < text.size(); ++i) {
    char const c = lower(text[i]);
    if (c == ':') return i > 4 ? i + 1 : 0;
    bool const of_an_id =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (!of_an_id) return 0;
  }
  return 0;
}
inline std::string without_accelerators(std::string_view text) {
  std::string words(text);
  std::erase(words, '_');
  return words;
}

}  // namespace detail

/// One possible answer to a Question.
struct Choice {
  std::string key{};      ///< what AnswerVM wants
  std::string label{};    ///< an id such as "button.uuid.copiedTheVM"; words on old servers
  std::string summary{};  ///< what a person reads; `_` marks the accelerator key

  /// For people: "I Copied It".
  [[nodiscard]] std::string words() const {
    return detail::without_accelerators(summary.empty() ? label : summary);
  }
};

/// What a virtual machine asks, and without whose answer it does not go on. A value: keeps no
/// connection to the server.
struct Question {
  std::string id{};  ///< of this one asking; new each time, and no message id
  /// "msg.uuid.altered": the first names the question, more are its parts. Empty: not known.
  std::vector<std::string> message_ids{};
  std::string text{};  ///< for people, without "msg.x:" in front; in the server's language
  std::vector<Choice> choices{};
  std::optional<std::size_t> default_index{};  ///< place in `choices`
  Ref<types::VirtualMachine> vm{};

  /// Reads what the API gives; nothing that a server leaves out or gets wrong is an error.
  [[nodiscard]] static Question from(types::VirtualMachineQuestionInfo const& info,
                                     Ref<types::VirtualMachine> vm = {});

  /// "msg.serial.file.open"; empty when the server does not say.
  [[nodiscard]] std::string_view message_id() const noexcept {
    return message_ids.empty() ? std::string_view() : std::string_view(message_ids.front());
  }
  /// Whether this is the question of that message id. Servers differ in upper and lower case.
  [[nodiscard]] bool is(std::string_view id_of_message) const noexcept {
    return detail::same_words(message_id(), id_of_message);
  }
  /// nullptr when the server marks none.
  [[nodiscard]] Choice const* default_choice() const noexcept {
    return default_index && *default_index < choices.size() ? &choices[*default_index] : nullptr;
  }
  /// The choice with this label, else with these words, else with this key; nullptr when there is
  /// none. Upper and lower case and `_` make no difference but for the key.
  [[nodiscard]] Choice const* find(std::string_view answer) const;

  /// The text and, in brackets, the choices: `Replace it? (Append [default], Replace, Cancel)`.
  [[nodiscard]] std::string describe() const;
};

inline Question Question::from(types::VirtualMachineQuestionInfo const& info,
                               Ref<types::VirtualMachine> vm) {
  Question q{.id = info.id, .vm = std::move(vm)};
  for (auto const& part : info.message)
    if (!part.id.empty()) q.message_ids.push_back(part.id);

  std::string_view text = info.text;
  if (auto const prefix = detail::message_prefix(text); prefix > 0) {
    if (q.message_ids.empty()) q.message_ids.emplace_back(text.substr(0, prefix - 1));
    text.remove_prefix(prefix);
    while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  }
  q.text = text;
  if (q.text.empty())
    for (auto const& part : info.message)
      if (part.text) q.text.append(q.text.empty() ? "" : "\n").append(*part.text);

  // An empty entry keeps its place, because defaultIndex counts places.
  for (auto const& choice : info.choice.choiceInfo)
    q.choices.push_back(choice ? Choice{choice->key, choice->label, choice->summary} : Choice{});
  auto const index = info.choice.defaultIndex.value_or(-1);
  if (index >= 0 && static_cast<std::size_t>(index) < q.choices.size())
    q.default_index = static_cast<std::size_t>(index);
  return q;
}

inline Choice const* Question::find(std::string_view answer) const {
  auto const first = [&](auto const& fits) -> Choice const* {
    auto const found = std::find_if(choices.begin(), choices.end(), fits);
    return found == choices.end() ? nullptr : &*found;
  };
  if (answer.empty()) return nullptr;
  if (auto const* by_label =
          first([&](Choice const& c) { return detail::same_words(c.label, answer); }))
    return by_label;
  std::string const words = detail::without_accelerators(answer);
  if (words.empty()) return nullptr;
  if (auto const* by_words = first([&](Choice const& c) {
        return detail::same_words(detail::without_accelerators(c.summary), words) ||
               detail::same_words(detail::without_accelerators(c.label), words);
      }))
    return by_words;
  return first([&](Choice const& c) { return c.key == answer; });
}

inline std::string Question::describe() const {
  std::string out = text.empty() ? std::string(message_id()) : text;
  if (out.empty()) out = "a question without text";
  if (choices.empty()) return out + " (no choices)";
  for (std::size_t i = 0; i < choices.size(); ++i) {
    out.append(i == 0 ? " (" : ", ").append(choices[i].words());
    if (default_index == i) out.append(" [default]");
  }
  return out + ")";
}

}  // namespace esxvi
