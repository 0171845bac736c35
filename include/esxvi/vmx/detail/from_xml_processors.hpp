// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/from_xml_text.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::vmx::detail {

/// <vcpu>: how many there are, now and at most.
struct processors {
  std::int64_t most = 1;
  std::int64_t now = 1;
};

[[nodiscard]] inline processors read_count(importing& in, xml::Element const* vcpu) {
  processors out;
  Cpu& cpu = in.out.machine.cpu;
  if (vcpu != nullptr) {
    // No host has more; libvirt reserves memory for as many as it is told.
    constexpr std::uint32_t sane = std::uint32_t{1} << 24U;
    std::uint32_t const most = number<std::uint32_t>(in, *vcpu, 1);
    if (most > sane) refuse(in, *vcpu, "so many processors do not exist");
    out.most = most;
    out.now = number_in<std::uint32_t>(in, *vcpu, "current").value_or(most);
    if (out.now > out.most || out.now == 0)
      refuse(in, {*vcpu, "current"}, "not a part of all processors",
             "a number from 1 to " + std::to_string(out.most));
    if (in.peer && out.now != out.most)
      refuse(in, {*vcpu, "current"}, "libvirt writes machines with all of their processors only");
    need_size(in, *vcpu, &machine_limit::processors, out.most);
  }
  cpu.count = out.now;
  if (out.now == out.most) return out;
  // The rest can be added while the machine runs.
  cpu.most = out.most;
  cpu.hot_add = true;
  return out;
}

inline void read_affinity(importing& in, xml::Element const* vcpu, processors const& count) {
  if (vcpu == nullptr) return;
  auto const placement = word(in, *vcpu, "placement", {"static", "auto"}, "static");
  auto const list = vcpu->attribute("cpuset");
  if (!list || placement == "auto") return;
  auto set = cpu_list(*list);
  if (!set)
    refuse(in, {*vcpu, "cpuset"}, "not a list of processors", "numbers and ranges: 0-3,^2,8");
  if (static_cast<std::int64_t>(set->cpus.size()) < count.now)
    refuse(in, {*vcpu, "cpuset"},
           "the list names " + std::to_string(set->cpus.size()) + " of the host's processors",
           "at least " + std::to_string(count.now) + ", one for each of the machine's");
  in.out.machine.cpu.affinity = *std::move(set);
}

inline void read_shares(importing& in, xml::Element const& domain, processors const& count) {
  xml::Element const* const tune = domain.child("cputune");
  xml::Element const* const e = tune != nullptr ? tune->child("shares") : nullptr;
  if (e == nullptr || e->text().empty()) return;
  auto const shares = number<std::uint64_t>(in, *e);
  // A limit of Linux, not of VMware. libvirt writes a 0 all the same.
  if (in.peer && shares != 0 && (shares < 2 || shares > 262144))
    refuse(in, *e, "the weight is out of range", "2 to 262144");
  constexpr std::array<std::uint64_t, 3> weights{500, 1000, 2000};
  Shares out{Shares::level::custom, shares};
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (shares == weights[i] * static_cast<std::uint64_t>(count.now))
      out = {static_cast<Shares::level>(i), 0};
  in.out.machine.cpu.shares = out;
}

/// libvirt insists on a topology of sockets and cores and on no particular CPU.
inline void check_as_peer(importing const& in, xml::Element const& cpu,
                          xml::Element const* topology) {
  auto const mode =
      word(in, cpu, "mode", {"custom", "host-model", "host-passthrough", "maximum"}, "custom");
  if (mode != "custom") refuse(in, {cpu, "mode"}, "VMware takes no such CPU", "custom");
  if (topology == nullptr) refuse(in, cpu, "nothing is said about sockets and cores", "<topology>");
}

inline void read_topology(importing& in, xml::Element const& topology, processors const& count) {
  auto const part = [&](std::string_view name, bool needed) -> std::int64_t {
    if (!needed && !topology.attribute(name)) return 1;
    return number<std::uint32_t>(in, {topology, name}, 1);
  };
  std::int64_t const sockets = part("sockets", true);
  std::int64_t const dies = part("dies", false);
  std::int64_t const clusters = in.peer ? 1 : part("clusters", false);
  std::int64_t const cores = part("cores", true);
  std::int64_t const threads = part("threads", true);
  for (auto const& [name, n] : {std::pair<std::string_view, std::int64_t>{"threads", threads},
                                {"dies", dies},
                                {"clusters", clusters}})
    if (n != 1)
      refuse_as_peer(in, {topology, name},
                     "VMware has sockets and cores only: these count as cores", "1");
  // Each is below 2^32; more than the count is enough to know.
  std::int64_t in_socket = 1;
  for (std::int64_t const n : {dies, clusters, cores, threads}) {
    in_socket = in_socket > count.most ? in_socket : in_socket * n;
  }
  if (in_socket > count.most || sockets > count.most || sockets * in_socket != count.most)
    refuse(in, topology,
           "sockets and cores do not make the number of processors, " + std::to_string(count.most));
  if (count.now % in_socket != 0) {
    report(in, severity::warning, topology,
           "the processors that are there at first do not fill their sockets: VMware decides");
    return;
  }
  in.out.machine.cpu.cores_per_socket = in_socket;
}

inline void read_cpu(importing& in, xml::Element const& domain, processors const& count) {
  xml::Element const* const cpu = domain.child("cpu");
  if (cpu == nullptr) return;
  xml::Element const* const topology = cpu->child("topology");
  if (in.peer) check_as_peer(in, *cpu, topology);
  if (topology != nullptr) read_topology(in, *topology, count);
  if (in.peer) return;
  for (xml::Element const& feature : cpu->children("feature")) {
    auto const name = feature.attribute_or("name", {});
    auto const policy = feature.attribute_or("policy", "require");
    if (name == "vmx" || name == "svm")
      in.out.machine.cpu.nested = policy == "require" || policy == "force";
    else
      report(in, severity::note, {feature, "name"},
             "the guest sees the features of the host's CPU");
  }
  if (xml::Element const* const model = cpu->child("model"))
    report(in, severity::note, *model, "the guest sees the model of the host's CPU");
  if (xml::Element const* const numa = cpu->child("numa"))
    report(in, severity::warning, *numa, "VMware lays out NUMA nodes by itself");
}

inline void read_processors(importing& in, xml::Element const& domain) {
  xml::Element const* const vcpu = domain.child("vcpu");
  processors const count = read_count(in, vcpu);
  read_cpu(in, domain, count);
  read_affinity(in, vcpu, count);
  read_shares(in, domain, count);
}

}  // namespace esxvi::vmx::detail
