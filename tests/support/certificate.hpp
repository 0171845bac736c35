// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A fresh certificate for a test server or client, in a file of its own that goes away with it.
#pragma once

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace esxvi::test {

struct CertificateOptions {
  std::string name{};         ///< one DNS name or address
  int from = -3600;           ///< seconds from now
  int to = 3600;              ///< seconds from now
  std::string issuer_file{};  ///< PEM of its CA with the CA's key; empty: self-signed
  std::string other_names{};  ///< more of them as OpenSSL writes them: "DNS:a,IP:::1"
  std::string common_name{};  ///< instead of `name`
};

class Certificate {
 public:
  /// For one name or address, self-signed, valid for an hour.
  static Certificate make(std::string const& name) { return with({.name = name}); }

  static Certificate with(CertificateOptions const& options) {
    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> const key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    std::unique_ptr<X509, void (*)(X509*)> const certificate{X509_new(), X509_free};
    auto* const x = certificate.get();
    X509_set_version(x, 2);
    static std::atomic<long> serial = 0;
    ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(x), options.from);
    X509_gmtime_adj(X509_getm_notAfter(x), options.to);
    X509_set_pubkey(x, key.get());
    auto* const subject = X509_get_subject_name(x);
    auto const& common = options.common_name.empty() ? options.name : options.common_name;
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                               reinterpret_cast<unsigned char const*>(common.c_str()), -1, -1, 0);
    auto const& name = options.name;
    auto const is_address = name.find_first_not_of("0123456789.") == std::string::npos ||
                            name.find(':') != std::string::npos;
    auto names = (is_address ? "IP:" : "DNS:") + name;
    if (!options.other_names.empty()) names += "," + options.other_names;
    extend(x, NID_subject_alt_name, names);
    extend(x, NID_basic_constraints, "critical,CA:TRUE");
    if (options.issuer_file.empty()) {
      X509_set_issuer_name(x, subject);
      sign(x, key.get());
    } else {
      std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file{
          std::fopen(options.issuer_file.c_str(), "r"), std::fclose};
      if (file == nullptr) throw std::runtime_error("cannot read " + options.issuer_file);
      std::unique_ptr<X509, void (*)(X509*)> const ca{
          PEM_read_X509(file.get(), nullptr, nullptr, nullptr), X509_free};
      std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> const ca_key{
          PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
      if (ca == nullptr || ca_key == nullptr) throw std::runtime_error("no CA");
      X509_set_issuer_name(x, X509_get_subject_name(ca.get()));
      sign(x, ca_key.get());
    }

    Certificate out;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file{std::fopen(out.file().c_str(), "w"),
                                                               std::fclose};
    if (file == nullptr || PEM_write_X509(file.get(), x) != 1 ||
        PEM_write_PrivateKey(file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
      throw std::runtime_error("cannot write " + out.file());
    }
    return out;
  }

  /// What OpenSSL calls it in a folder of CAs, before the dot: eight hexadecimal digits.
  std::string name_hash() const {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> const in{std::fopen(file().c_str(), "r"),
                                                             std::fclose};
    if (in == nullptr) throw std::runtime_error("cannot read " + file());
    std::unique_ptr<X509, void (*)(X509*)> const x{
        PEM_read_X509(in.get(), nullptr, nullptr, nullptr), X509_free};
    if (x == nullptr) throw std::runtime_error("no certificate in " + file());
    std::array<char, 20> text{};
    std::snprintf(text.data(), text.size(), "%08lx", X509_subject_name_hash(x.get()));
    return text.data();
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

  static void sign(X509* x, EVP_PKEY* key) {
    if (X509_sign(x, key, EVP_sha256()) == 0) throw std::runtime_error("no certificate");
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
