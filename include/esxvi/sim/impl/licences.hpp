// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Licences. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/property_collector.hpp>
#include <esxvi/sim/on.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/LicenseAssignmentManager.hpp>
#include <esxvi/types/LicenseAssignmentManager_properties.hpp>
#include <esxvi/types/LicenseManager.hpp>
#include <esxvi/types/LicenseManager_properties.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::sim {

namespace detail {

namespace {

constexpr std::string_view evaluation_key = "00000-00000-00000-00000-00000";

/// Five groups of five; which product it is for no simulation can know.
inline types::LicenseManagerLicenseInfo licence(Host& host, std::string const& key) {
  bool fits = key.size() == evaluation_key.size();
  for (std::size_t i = 0; fits && i < key.size(); ++i)
    fits = i % 6 == 5 ? key[i] == '-'
                      : (key[i] >= '0' && key[i] <= '9') || (key[i] >= 'A' && key[i] <= 'Z');
  if (!fits) throw bad_argument("licenseKey");
  types::LicenseManagerLicenseInfo info;
  info.licenseKey = key;
  bool const evaluation = key == evaluation_key;
  info.editionKey = evaluation ? "eval" : "esx.enterprisePlus.cpuPackage";
  info.name = evaluation ? "Evaluation Mode" : "vSphere Enterprise Plus";
  info.total = 0;
  info.used = host.options().vcenter ? host.options().hosts : 1;
  return info;
}

template <class R> void add_licence_method(Host& host) {
  host.on<R>([](Call& call, R const& r) {
    auto info = licence(call.host(), *r.licenseKey);
    info.labels = r.labels;
    call.host().modify(*r.self, [&](types::LicenseManager& m) {
      // A host has one licence, the one that it was given last.
      if (!call.host().options().vcenter) m.licenses.clear();
      std::erase_if(m.licenses, [&](auto const& l) { return l.licenseKey == info.licenseKey; });
      m.licenses.push_back(info);
      m.licensedEdition = info.editionKey;
    });
    return info;
  });
}

}  // namespace
}  // namespace detail

void add_licence_services(Host& host) {
  using namespace esxvi::types;
  bool const vcenter = host.options().vcenter;
  Ref<LicenseManager> const ref(vcenter ? "LicenseManager" : "ha-license-manager");
  LicenseManager manager;
  manager.licenses = {detail::licence(host, std::string(detail::evaluation_key))};
  manager.licensedEdition = "eval";
  manager.sourceAvailable = true;
  manager.licenseAssignmentManager =
      host.add(Ref<LicenseAssignmentManager>(vcenter ? "LicenseAssignmentManager"
                                                     : "ha-license-assignment-manager"),
               LicenseAssignmentManager());
  host.add(ref, std::move(manager));
  detail::add_licence_method<AddLicense>(host);
  detail::add_licence_method<UpdateLicense>(host);
  host.on<DecodeLicense>([](Call& call, DecodeLicense const& r) {
    return detail::licence(call.host(), *r.licenseKey);
  });
  host.on<RemoveLicense>([](Call& call, RemoveLicense const& r) {
    auto const key_is = [&](LicenseManagerLicenseInfo const& l) {
      return l.licenseKey == *r.licenseKey;
    };
    if (std::ranges::none_of(call.host().get<LicenseManager>(*r.self)->licenses, key_is))
      throw detail::bad_argument("licenseKey");
    call.host().modify(*r.self, [&](LicenseManager& m) {
      std::erase_if(m.licenses, key_is);
      if (m.licenses.empty())
        m.licenses = {detail::licence(call.host(), std::string(detail::evaluation_key))};
      m.licensedEdition = m.licenses.back().editionKey;
    });
  });
  // All hosts have the newest one.
  host.on<QueryAssignedLicenses>([ref](Call& call, QueryAssignedLicenses const& r) {
    std::vector<LicenseAssignmentManagerLicenseAssignment> out;
    for (auto const& h : call.host().all<HostSystem>()) {
      if (r.entityId && *r.entityId != h.value()) continue;
      LicenseAssignmentManagerLicenseAssignment one;
      one.entityId = h.value();
      one.entityDisplayName = call.host().get<HostSystem>(h)->name;
      one.assignedLicense = call.host().get<LicenseManager>(ref)->licenses.back();
      out.push_back(std::move(one));
    }
    return out;
  });
}

}  // namespace esxvi::sim
