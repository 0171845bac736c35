// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A fresh self-signed certificate for a test server, in a file of its own that goes away with it.
#pragma once

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace esxvi::test {

class Certificate {
 public:
  /// For one name or IPv4 address, valid for an hour.
  static Certificate make(std::string const& name) {
    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> const key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    std::unique_ptr<X509, void (*)(X509*)> const certificate{X509_new(), X509_free};
    auto* const x = certificate.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key.get());
    auto* const subject = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<unsigned char const*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(x, subject);
    auto const is_address = name.find_first_not_of("0123456789.") == std::string::npos;
    extend(x, NID_subject_alt_name, (is_address ? "IP:" : "DNS:") + name);
    extend(x, NID_basic_constraints, "critical,CA:TRUE");
    if (X509_sign(x, key.get(), EVP_sha256()) == 0) throw std::runtime_error("no certificate");

    Certificate out;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file{std::fopen(out.file().c_str(), "w"),
                                                               std::fclose};
    if (file == nullptr || PEM_write_X509(file.get(), x) != 1 ||
        PEM_write_PrivateKey(file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
      throw std::runtime_error("cannot write " + out.file());
    }
    return out;
  }

  /// PEM with certificate and key. Copies share it.
  std::string const& file() const { return *file_; }

 private:
  Certificate() {
    auto pattern = (std::filesystem::temp_directory_path() / "esxvi-test-XXXXXX").string();
    int const descriptor = ::mkstemp(pattern.data());
    if (descriptor < 0) throw std::runtime_error("no temporary file");
    ::close(descriptor);
    file_ = {new std::string{pattern}, [](std::string const* path) {
               ::unlink(path->c_str());
               delete path;
             }};
  }

  static void extend(X509* x, int what, std::string const& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, x, x, nullptr, nullptr, 0);
    std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> const extension{
        X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()), X509_EXTENSION_free};
    if (extension == nullptr) throw std::runtime_error("no extension " + value);
    X509_add_ext(x, extension.get(), -1);
  }

  std::shared_ptr<std::string const> file_{};
};

}  // namespace esxvi::test
