// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// Groups of methods and objects. A new group is a file with one such function; a Host begins with
/// those of add_core_services(), and others are added to it by whoever wants them.
namespace esxvi::sim {

class Host;

void build_inventory(Host& host);
void add_session_methods(Host& host);
void add_retrieval_methods(Host& host);
void add_property_update_methods(Host& host);
void add_view_methods(Host& host);
void add_search_methods(Host& host);
void add_task_methods(Host& host);
void add_power_methods(Host& host);
void add_machine_file_services(Host& host);
void add_configuration_methods(Host& host);
void add_registry_methods(Host& host);
void add_placement_methods(Host& host);
void add_snapshot_methods(Host& host);
void add_console_methods(Host& host);
void add_autostart_methods(Host& host);
void add_browser_methods(Host& host);
void add_datastore_methods(Host& host);
void add_event_services(Host& host);
void add_history_methods(Host& host);
void add_licence_services(Host& host);
void add_pool_methods(Host& host);
void add_authorization_services(Host& host);
void add_host_services(Host& host);
void add_network_services(Host& host);
void add_provisioning_methods(Host& host);
void add_statistics_services(Host& host);
void add_storage_services(Host& host);

void add_core_services(Host& host);

}  // namespace esxvi::sim
