// main() of every test program: doctest, plus one line of figures at the end that ./run adds up,
// plus exit code 77 when there was nothing but skipped cases.
#define DOCTEST_CONFIG_IMPLEMENT
#include "support/skip.hpp"

#include <doctest/doctest.h>

#include <iostream>

namespace {

struct Tally : doctest::IReporter {
  explicit Tally(doctest::ContextOptions const& /*options*/) {}

  void test_run_end(doctest::TestRunStats const& stats) override {
    auto const skipped = esxvi::test::skipped_cases();
    auto const passed = stats.numTestCasesPassingFilters - stats.numTestCasesFailed - skipped;
    std::cout << "[tally] " << passed << " passed, " << stats.numTestCasesFailed << " failed, "
              << skipped << " skipped\n";
    nothing_ran = passed == 0 && stats.numTestCasesFailed == 0;
  }

  void report_query(doctest::QueryData const& /*data*/) override {}
  void test_run_start() override {}
  void test_case_start(doctest::TestCaseData const& /*data*/) override {}
  void test_case_reenter(doctest::TestCaseData const& /*data*/) override {}
  void test_case_end(doctest::CurrentTestCaseStats const& /*stats*/) override {}
  void test_case_exception(doctest::TestCaseException const& /*exception*/) override {}
  void subcase_start(doctest::SubcaseSignature const& /*subcase*/) override {}
  void subcase_end() override {}
  void log_assert(doctest::AssertData const& /*assert*/) override {}
  void log_message(doctest::MessageData const& /*message*/) override {}
  void test_case_skipped(doctest::TestCaseData const& /*data*/) override {}

  static inline bool nothing_ran = false;
};

REGISTER_LISTENER("tally", 1, Tally);

}  // namespace

int main(int argc, char** argv) {
  doctest::Context context(argc, argv);
  int const result = context.run();
  if (context.shouldExit() || result != 0) return result;
  return Tally::nothing_ran ? 77 : 0;
}
