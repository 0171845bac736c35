// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/types/MethodFault.hpp>
#include <esxvi/types/core.hpp>

#include <concepts>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>

namespace esxvi::sim {

/// A method's refusal: thrown by handlers, kept in plans of tasks, sent as a SOAP fault or as the
/// error of a task.
class Failure : public std::exception {
 public:
  Failure(Poly<types::MethodFault> detail, std::string message);

  [[nodiscard]] Poly<types::MethodFault> const& detail() const noexcept { return detail_; }
  [[nodiscard]] std::string const& message() const noexcept { return message_; }
  [[nodiscard]] types::LocalizedMethodFault localized() const { return {detail_, message_, {}}; }
  [[nodiscard]] char const* what() const noexcept override { return message_.c_str(); }

 private:
  Poly<types::MethodFault> detail_;
  std::string message_;
};

/// `throw sim::fault(vim::InvalidState{}, "...")`. Without a message it is the usual one of servers
/// for this fault.
template <std::derived_from<types::MethodFault> F>
[[nodiscard]] Failure fault(F detail, std::string message = {}) {
  return Failure(std::move(detail), std::move(message));
}

}  // namespace esxvi::sim
