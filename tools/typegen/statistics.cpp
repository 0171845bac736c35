// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include "statistics.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace esxvi::typegen {

std::string statistics(const Model& model) {
  const Schema& schema = model.schema();
  std::size_t values = 0, fields = 0, faults = 0, events = 0, with_subtypes = 0, recursive = 0;
  std::size_t properties = 0, methods = 0, tasks = 0, parameters = 0;
  for (const Enum& enumeration : schema.enums) values += enumeration.values.size();
  for (const Struct& structure : schema.structs) {
    fields += structure.fields.size();
    faults += model.catalogue.derives(structure.name, "MethodFault");
    events += model.catalogue.derives(structure.name, "Event");
    with_subtypes += model.catalogue.has_subtypes(structure.name);
    recursive +=
        std::any_of(structure.fields.begin(), structure.fields.end(), [&](const Field& field) {
          return !field.type.array && !model.catalogue.has_subtypes(field.type.name) &&
                 model.catalogue.contains(field.type.name, structure.name);
        });
  }
  for (const Managed& object : schema.objects) {
    properties += object.properties.size();
    methods += object.methods.size();
    for (const Method& method : object.methods) {
      tasks += method.reply && method.reply->type.reference && method.reply->type.name == "Task";
      parameters += method.parameters.size();
    }
  }
  std::size_t member_enums = 0;
  for (const DataHeader& header : model.layout.data) member_enums += header.enums.size();

  const std::pair<const char*, std::size_t> counts[] = {
      {"versions", schema.versions.size()},
      {"enums", schema.enums.size()},
      {"enums that are the type of a member", member_enums},
      {"enum values", values},
      {"structs", schema.structs.size()},
      {"structs that are faults", faults},
      {"structs that are events", events},
      {"structs with subtypes", with_subtypes},
      {"structs that hold themselves through an optional field", recursive},
      {"fields", fields},
      {"managed objects", schema.objects.size()},
      {"properties", properties},
      {"methods", methods},
      {"methods that return a task", tasks},
      {"parameters", parameters},
      {"headers of data objects, faults and events", model.layout.data.size()},
      {"headers of constants", model.layout.constants.size()},
      {"headers of managed objects", 2 * model.layout.objects.size()},
      {"headers that only include another", model.layout.forwards.size()},
  };
  std::string out;
  for (const auto& [what, count] : counts)
    out.append(what).append(1, ' ').append(std::to_string(count)).append(1, '\n');
  return out;
}

}  // namespace esxvi::typegen
