// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/query/detail/abilities.hpp>
#include <esxvi/query/detail/filter_spec.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/core.hpp>
#include <esxvi/types/fwd.hpp>

#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The requests that a task needs besides its own, in a form that costs little to compile.
namespace esxvi::detail {

/// VirtualMachine.answer. <esxvi/types/VirtualMachine.hpp> has it too, with everything that a
/// machine can be configured with.
struct AnswerQuestion {
  using reply_type = void;
  static constexpr MethodFacts facts{
      .name = "AnswerVM", .object = "VirtualMachine", .since = "2.0", .privilege = {}};
  Ref<types::VirtualMachine> self{};
  std::string questionId{};
  std::string answerChoice{};
};
BOOST_DESCRIBE_STRUCT(AnswerQuestion, (), (self, questionId, answerChoice))

/// Properties of objects of several kinds in one exchange (more only if the server pages).
inline std::vector<types::ObjectContent> look_at(Session& session, types::PropertyFilterSpec spec,
                                                 CallOptions const& call) {
  auto const& collector = session.opening_content().propertyCollector;
  if (!speaks(session, "4.1"))
    return session.call(
        types::RetrieveProperties{.self = collector, .specSet = std::vector{std::move(spec)}},
        call);
  auto page = session.call(types::RetrievePropertiesEx{.self = collector,
                                                       .specSet = std::vector{std::move(spec)},
                                                       .options = types::RetrieveOptions{}},
                           call);
  std::vector<types::ObjectContent> all;
  while (page) {
    std::move(page->objects.begin(), page->objects.end(), std::back_inserter(all));
    if (!page->token || page->token->empty()) break;
    page = session.call(
        types::ContinueRetrievePropertiesEx{.self = collector, .token = *page->token}, call);
  }
  return all;
}

}  // namespace esxvi::detail
