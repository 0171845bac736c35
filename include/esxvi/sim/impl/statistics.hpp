// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Performance counters. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/on.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/ElementDescription.hpp>
#include <esxvi/types/PerformanceManager.hpp>
#include <esxvi/types/PerformanceManager_properties.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::sim {

namespace detail {

namespace {

constexpr std::int32_t sample_seconds = 20;
constexpr std::int64_t kept_samples = 180;  // an hour

/// A counter, and the value that stands for all its samples.
struct counter_row {
  std::int32_t key;
  std::string_view group;
  std::string_view name;
  std::string_view unit;
  types::PerfSummaryType rollup;
  types::PerfStatsType kind;
  std::int64_t value;
};
constexpr counter_row counters[] = {
    {2, "cpu", "usage", "percent", types::PerfSummaryType::average, types::PerfStatsType::rate,
     525},
    {6, "cpu", "usagemhz", "megaHertz", types::PerfSummaryType::average, types::PerfStatsType::rate,
     126},
    {10, "cpu", "used", "millisecond", types::PerfSummaryType::summation,
     types::PerfStatsType::delta, 1050},
    {24, "mem", "usage", "percent", types::PerfSummaryType::average, types::PerfStatsType::absolute,
     2500},
    {98, "mem", "consumed", "kiloBytes", types::PerfSummaryType::average,
     types::PerfStatsType::absolute, 524288},
    {125, "disk", "usage", "kiloBytesPerSecond", types::PerfSummaryType::average,
     types::PerfStatsType::rate, 40},
    {143, "net", "usage", "kiloBytesPerSecond", types::PerfSummaryType::average,
     types::PerfStatsType::rate, 12},
    {155, "sys", "uptime", "second", types::PerfSummaryType::latest, types::PerfStatsType::absolute,
     0},
};

/// How long a server keeps which means; a host by itself has the first only.
struct interval_row {
  std::int32_t seconds;
  std::string_view name;
  std::int32_t kept_days;
};
constexpr interval_row intervals[] = {{300, "Past day", 1},
                                      {1800, "Past week", 7},
                                      {7200, "Past month", 30},
                                      {86400, "Past year", 365}};

inline std::vector<types::PerfInterval> historical_intervals(bool all) {
  std::vector<types::PerfInterval> out;
  for (interval_row const& row : intervals) {
    types::PerfInterval one;
    one.key = static_cast<std::int32_t>(out.size()) + 1;
    one.samplingPeriod = row.seconds;
    one.name = row.name;
    one.length = row.kept_days * 86400;
    one.level = 1;
    one.enabled = true;
    if (all || out.empty()) out.push_back(std::move(one));
  }
  return out;
}

inline Poly<types::ElementDescription> words(std::string_view key) {
  types::ElementDescription d;
  d.key = key;
  d.label = key;
  d.summary = key;
  return d;
}

inline types::PerfCounterInfo counter(counter_row const& row) {
  types::PerfCounterInfo c;
  c.key = row.key;
  c.groupInfo = words(row.group);
  c.nameInfo = words(row.name);
  c.unitInfo = words(row.unit);
  c.rollupType = row.rollup;
  c.statsType = row.kind;
  c.level = 1;
  c.perDeviceLevel = 3;
  return c;
}

[[noreturn]] inline void wrong_counter(std::string_view argument) {
  types::InvalidArgument why;
  why.invalidProperty = argument;
  throw fault(std::move(why));
}

inline counter_row const& counter_of(std::int32_t key) {
  auto const found = std::ranges::find(counters, key, &counter_row::key);
  if (found == std::end(counters)) wrong_counter("counterId");
  return *found;
}

/// Machines that are off have no values; nothing but machines and hosts has any.
inline bool is_measured(Host& host, untyped_ref const& entity) {
  if (auto const vm = host.find<types::VirtualMachine>(entity))
    return vm->runtime.powerState == types::VirtualMachinePowerState::poweredOn;
  return entity.type() == "HostSystem" && host.exists(entity);
}

inline Poly<types::PerfEntityMetricBase> samples(Host& host, types::PerfQuerySpec const& spec) {
  types::PerfEntityMetric out;
  out.entity = spec.entity;
  if (spec.format.value_or("normal") != "normal") wrong_counter("querySpec.format");
  if (!is_measured(host, spec.entity)) return out;
  // Samples are taken at multiples of the interval, whoever asks.
  using std::chrono::seconds;
  auto const last = spec.endTime.value_or(host.now()).seconds();
  auto const end = last - seconds(last.time_since_epoch().count() % sample_seconds);
  auto count = std::int64_t{spec.maxSample.value_or(0)};
  if (count <= 0 || count > kept_samples) count = kept_samples;
  for (std::int64_t i = count; i-- > 0;) {
    types::PerfSampleInfo one;
    one.timestamp = DateTime::instant(end - seconds(i * sample_seconds));
    one.interval = sample_seconds;
    if (spec.startTime && one.timestamp < *spec.startTime) continue;
    out.sampleInfo.push_back(std::move(one));
  }
  auto metrics = spec.metricId;
  if (metrics.empty())
    for (counter_row const& row : counters) metrics.push_back({row.key, {}, {}});
  for (auto const& id : metrics) {
    types::PerfMetricIntSeries series;
    series.id = id;
    if (series.id.instance == "*") series.id.instance.clear();
    series.value.assign(out.sampleInfo.size(), counter_of(id.counterId).value);
    out.value.emplace_back(std::move(series));
  }
  return out;
}

}  // namespace
}  // namespace detail

void add_statistics_services(Host& host) {
  using namespace esxvi::types;
  PerformanceManager manager;
  for (detail::counter_row const& row : detail::counters)
    manager.perfCounter.push_back(detail::counter(row));
  manager.historicalInterval = detail::historical_intervals(host.options().vcenter);
  host.add(Ref<PerformanceManager>(host.options().vcenter ? "PerfMgr" : "ha-perfmgr"),
           std::move(manager));
  host.on<QueryPerfProviderSummary>([](Call&, QueryPerfProviderSummary const& r) {
    PerfProviderSummary summary;
    summary.entity = *r.entity;
    summary.currentSupported = r.entity->type() != "Datastore";
    summary.summarySupported = true;
    if (summary.currentSupported) summary.refreshRate = detail::sample_seconds;
    return summary;
  });
  host.on<QueryAvailablePerfMetric>([](Call& call, QueryAvailablePerfMetric const& r) {
    std::vector<PerfMetricId> ids;
    if (detail::is_measured(call.host(), *r.entity))
      for (detail::counter_row const& row : detail::counters) ids.push_back({row.key, {}, {}});
    return ids;
  });
  host.on<QueryPerfCounter>([](Call&, QueryPerfCounter const& r) {
    std::vector<PerfCounterInfo> found;
    for (auto const key : *r.counterId) found.push_back(detail::counter(detail::counter_of(key)));
    return found;
  });
  host.on<QueryPerf>([](Call& call, QueryPerf const& r) {
    std::vector<Poly<PerfEntityMetricBase>> found;
    for (auto const& spec : *r.querySpec) found.push_back(detail::samples(call.host(), spec));
    return found;
  });
}

}  // namespace esxvi::sim
