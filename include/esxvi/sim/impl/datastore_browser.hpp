// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Searching datastores. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/host_files.hpp>
#include <esxvi/sim/on.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/HostDatastoreBrowser.hpp>
#include <esxvi/types/fault/FileFault.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::sim {

namespace detail {

namespace {

template <class T> Poly<types::FileInfo> blank_info() { return T(); }

template <class Q> bool asks_for(Poly<types::FileQuery> const& query) { return query.is<Q>(); }
inline bool never(Poly<types::FileQuery> const&) { return false; }

/// A kind of file, by the end of its name.
struct FileKind {
  std::string_view end;
  bool (*wanted_by)(Poly<types::FileQuery> const& query);
  Poly<types::FileInfo> (*info)();
};

// The parts of a disk come before the disk: a search for disks does not find them.
inline FileKind const file_kinds[] = {
    {"-flat.vmdk", &never, &blank_info<types::FileInfo>},
    {"-delta.vmdk", &never, &blank_info<types::FileInfo>},
    {"-sesparse.vmdk", &never, &blank_info<types::FileInfo>},
    {"-rdm.vmdk", &never, &blank_info<types::FileInfo>},
    {"-rdmp.vmdk", &never, &blank_info<types::FileInfo>},
    {".vmdk", &asks_for<types::VmDiskFileQuery>, &blank_info<types::VmDiskFileInfo>},
    {".iso", &asks_for<types::IsoImageFileQuery>, &blank_info<types::IsoImageFileInfo>},
    {".flp", &asks_for<types::FloppyImageFileQuery>, &blank_info<types::FloppyImageFileInfo>},
    {".img", &asks_for<types::FloppyImageFileQuery>, &blank_info<types::FloppyImageFileInfo>},
    {".vmtx", &asks_for<types::TemplateConfigFileQuery>,
     &blank_info<types::TemplateConfigFileInfo>},
    {".vmx", &asks_for<types::VmConfigFileQuery>, &blank_info<types::VmConfigFileInfo>},
    {".log", &asks_for<types::VmLogFileQuery>, &blank_info<types::VmLogFileInfo>},
    {".nvram", &asks_for<types::VmNvramFileQuery>, &blank_info<types::VmNvramFileInfo>},
    {".vmsn", &asks_for<types::VmSnapshotFileQuery>, &blank_info<types::VmSnapshotFileInfo>},
    {"", &never, &blank_info<types::FileInfo>},
};
inline FileKind const folder_kind{"", &asks_for<types::FolderFileQuery>,
                                  &blank_info<types::FolderFileInfo>};

inline char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

inline FileKind const& kind_of_file(FileInfo const& file) {
  if (file.is_directory) return folder_kind;
  std::string name(file.name);
  std::ranges::transform(name, name.begin(), lower);
  return *std::ranges::find_if(file_kinds,
                               [&](FileKind const& k) { return name.ends_with(k.end); });
}

/// `*` and `?`.
inline bool matches(std::string_view pattern, std::string_view text, bool any_case) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t mark = 0;
  auto const same = [any_case](char a, char b) {
    return a == b || (any_case && lower(a) == lower(b));
  };
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || same(pattern[p], text[t]))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

/// One search.
struct FileSearch {
  Ref<types::Datastore> datastore{};
  DatastorePath path{};
  types::HostDatastoreBrowserSearchSpec spec{};

  [[nodiscard]] bool wants(FileInfo const& file, FileKind const& kind) const {
    bool const any_case = spec.searchCaseInsensitive.value_or(true);
    auto const& patterns = spec.matchPattern;
    if (!patterns.empty() && std::ranges::none_of(patterns, [&](std::string const& p) {
          return matches(p, file.name, any_case);
        }))
      return false;
    return spec.query.empty() || std::ranges::any_of(spec.query, [&](auto const& q) {
             return kind.wanted_by(q) || q.type_name() == "FileQuery";
           });
  }

  [[nodiscard]] Poly<types::FileInfo> describe(Host& host, DatastoreFiles const& files,
                                               std::string const& folder, FileInfo const& file,
                                               FileKind const& kind) const {
    auto const& wanted = spec.details;
    bool const typed = (wanted && wanted->fileType) || !spec.query.empty();
    auto out = typed ? kind.info() : blank_info<types::FileInfo>();
    out->path = file.name;
    std::string const full = folder.empty() ? file.name : folder + "/" + file.name;
    auto size = static_cast<std::int64_t>(file.size);
    if (auto* const disk = out.template as<types::VmDiskFileInfo>()) {
      disk->capacityKb = disk_size(host, DatastorePath{path.datastore, full}.text()) / 1024;
      disk->hardwareVersion = 19;
      // A disk is as big as what its parts take.
      auto const extent = files.stat(full.substr(0, full.size() - 5) + "-flat.vmdk");
      if (extent) {
        size = static_cast<std::int64_t>(extent->allocated);
        disk->thin = extent->allocated < extent->size;
      }
    }
    if (!wanted) return out;
    if (wanted->fileSize && !file.is_directory) out->fileSize = size;
    if (wanted->modification)
      out->modification =
          DateTime::instant(std::chrono::floor<std::chrono::microseconds>(file.modified));
    if (wanted->fileOwner.value_or(false)) out->owner = "root";
    return out;
  }

  /// Nothing when the folder is none.
  void look(Host& host, DatastoreFiles const& files, std::string const& folder, bool below,
            std::vector<types::HostDatastoreBrowserSearchResults>& to) const {
    auto const list = files.list(folder);
    if (!list) {
      types::FileNotFound why;
      why.file = path.text();
      throw fault(std::move(why), "File " + path.text() + " was not found");
    }
    types::HostDatastoreBrowserSearchResults result;
    result.datastore = datastore;
    result.folderPath = "[" + path.datastore + "]" + (folder.empty() ? "" : " " + folder + "/");
    for (FileInfo const& file : *list) {
      auto const& kind = kind_of_file(file);
      if (wants(file, kind)) result.file.push_back(describe(host, files, folder, file, kind));
    }
    if (spec.sortFoldersFirst.value_or(false))
      std::ranges::stable_partition(
          result.file, [](auto const& f) { return f.template is<types::FolderFileInfo>(); });
    to.push_back(std::move(result));
    if (!below) return;
    for (FileInfo const& file : *list)
      if (file.is_directory)
        look(host, files, folder.empty() ? file.name : folder + "/" + file.name, true, to);
  }
};

template <class R>
Ref<types::Task> search_task(Call& call, R const& r, std::string_view operation, bool below) {
  FileSearch search;
  search.path = datastore_path(*r.datastorePath);
  search.datastore = find_datastore(call.host(), search.path.datastore);
  call.require("Datastore.Browse", search.datastore);
  if (r.searchSpec) search.spec = *r.searchSpec;
  TaskPlan plan;
  plan.running = std::chrono::milliseconds(20);
  plan.finish = [search, below](Host& host) {
    auto const files = files_of(host, search.datastore);
    std::vector<types::HostDatastoreBrowserSearchResults> found;
    auto const folder = DatastoreFiles::normalized(search.path.path);
    search.look(host, *files, folder.value_or("?"), below, found);
    return below ? Any(std::move(found)) : Any(std::move(found.front()));
  };
  return call.host().start_task(search.datastore, operation, std::move(plan), call.user());
}

}  // namespace
}  // namespace detail

void add_browser_methods(Host& host) {
  using namespace esxvi::types;
  host.on<SearchDatastore_Task>([](Call& call, SearchDatastore_Task const& r) {
    return detail::search_task(call, r, "host.DatastoreBrowser.search", false);
  });
  host.on<SearchDatastoreSubFolders_Task>([](Call& call, SearchDatastoreSubFolders_Task const& r) {
    return detail::search_task(call, r, "host.DatastoreBrowser.searchSubFolders", true);
  });
}

}  // namespace esxvi::sim
