// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <esxvi/error.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::sim {

/// What a certificate made by Certificate::make() says.
struct CertificateOptions {
  std::string common_name{"localhost.localdomain"};
  /// DNS names and IP addresses it is valid for.
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
  std::chrono::hours validity{24 * 365};
};

/// A certificate of a server with its private key, as PEM. Needs OpenSSL 3.
class Certificate {
 public:
  /// A fresh self-signed one (P-256) that also serves as the CA file of a client. About a
  /// millisecond. Throws tls_failed, and invalid_argument for a name that cannot be in one.
  [[nodiscard]] static Certificate make(CertificateOptions const& options = {}) {
    pointer<EVP_PKEY> const key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    pointer<X509> const x{X509_new(), X509_free};
    if (key == nullptr || x == nullptr) fail("no key");
    // Browsers and NSS refuse two certificates of one issuer with the same serial number.
    std::array<unsigned char, 8> serial{};
    if (RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1) fail("no random number");
    serial[0] = static_cast<unsigned char>((serial[0] & 0x3f) | 0x40);
    pointer<BIGNUM> const number{BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr),
                                 BN_free};
    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x.get()));
    X509_set_version(x.get(), 2);
    using seconds = std::chrono::duration<long>;
    // A client whose clock is behind must not reject it.
    X509_gmtime_adj(X509_getm_notBefore(x.get()), -24L * 3600);
    X509_gmtime_adj(X509_getm_notAfter(x.get()), seconds{options.validity}.count());
    X509_set_pubkey(x.get(), key.get());
    auto* const subject = X509_get_subject_name(x.get());
    add(subject, "O", "VMware, Inc");
    add(subject, "CN", options.common_name);
    X509_set_issuer_name(x.get(), subject);
    extend(x.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(x.get(), NID_key_usage, "critical,digitalSignature,keyCertSign");
    extend(x.get(), NID_ext_key_usage, "serverAuth");
    extend(x.get(), NID_subject_key_identifier, "hash");
    if (!options.names.empty()) extend(x.get(), NID_subject_alt_name, alternatives(options.names));
    if (X509_sign(x.get(), key.get(), EVP_sha256()) == 0) fail("it cannot be signed");
    return {x.get(), key.get()};
  }

  /// One that exists: both as PEM. Throws tls_failed when they are not a certificate and its key.
  [[nodiscard]] static Certificate from_pem(std::string_view certificate, std::string_view key) {
    auto const read = [](std::string_view pem) {
      return pointer<BIO>{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all};
    };
    pointer<X509> const x{PEM_read_bio_X509(read(certificate).get(), nullptr, nullptr, nullptr),
                          X509_free};
    pointer<EVP_PKEY> const k{PEM_read_bio_PrivateKey(read(key).get(), nullptr, nullptr, nullptr),
                              EVP_PKEY_free};
    if (x == nullptr || k == nullptr || X509_check_private_key(x.get(), k.get()) != 1) {
      fail("the texts are not a certificate and its private key");
    }
    return {x.get(), k.get()};
  }

  [[nodiscard]] std::string const& certificate_pem() const noexcept { return certificate_; }
  [[nodiscard]] std::string const& key_pem() const noexcept { return key_; }
  /// "AA:BB:...", as HostConnectSpec.sslThumbprint and ServiceLocator want it.
  [[nodiscard]] std::string const& sha1_thumbprint() const noexcept { return sha1_; }
  [[nodiscard]] std::string const& sha256_thumbprint() const noexcept { return sha256_; }

 private:
  template <class T> using pointer = std::unique_ptr<T, void (*)(T*)>;

  Certificate(X509* x, EVP_PKEY* key)
      : certificate_(pem([x](BIO* to) { return PEM_write_bio_X509(to, x); })),
        key_(pem([key](BIO* to) {
          return PEM_write_bio_PrivateKey(to, key, nullptr, nullptr, 0, nullptr, nullptr);
        })),
        sha1_(thumbprint(x, EVP_sha1())),
        sha256_(thumbprint(x, EVP_sha256())) {}

  [[noreturn]] static void fail(std::string problem) {
    ERR_clear_error();  // the queue belongs to the thread, and the next user would find ours in it
    throw tls_failed({"making a certificate", {}, std::move(problem), {}});
  }
  static void add(X509_NAME* to, char const* what, std::string const& value) {
    if (X509_NAME_add_entry_by_txt(to, what, MBSTRING_UTF8,
                                   reinterpret_cast<unsigned char const*>(value.data()),
                                   static_cast<int>(value.size()), -1, 0) != 1) {
      fail("the name '" + value + "' cannot be in one");
    }
  }
  static void extend(X509* x, int what, std::string const& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, x, x, nullptr, nullptr, 0);
    pointer<X509_EXTENSION> const extension{
        X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()), X509_EXTENSION_free};
    if (extension == nullptr || X509_add_ext(x, extension.get(), -1) != 1) {
      fail("no extension " + value);
    }
  }
  static std::string alternatives(std::vector<std::string> const& names) {
    std::string out;
    for (auto const& name : names) {
      // The text goes to a parser of OpenSSL in which a comma starts another entry.
      if (name.empty() || name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
                                                 "XYZ0123456789.:-_*") != name.npos) {
        throw invalid_argument({"making a certificate",
                                {},
                                "'" + name + "' is neither a DNS name nor an address",
                                {}});
      }
      auto const address =
          name.find(':') != name.npos || name.find_first_not_of("0123456789.") == name.npos;
      out.append(out.empty() ? "" : ",").append(address ? "IP:" : "DNS:").append(name);
    }
    return out;
  }
  template <class Write> static std::string pem(Write const& write) {
    pointer<BIO> const memory{BIO_new(BIO_s_mem()), BIO_free_all};
    if (memory == nullptr || write(memory.get()) != 1) fail("it cannot be written");
    char* data = nullptr;
    auto const size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
  }
  static std::string thumbprint(X509* x, EVP_MD const* digest) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned int size = 0;
    if (X509_digest(x, digest, bytes.data(), &size) != 1) fail("no thumbprint");
    std::string out;
    for (unsigned int i = 0; i < size; ++i) {
      static constexpr std::string_view digits = "0123456789ABCDEF";
      if (i != 0) out += ':';
      out += digits[bytes[i] >> 4];
      out += digits[bytes[i] & 15];
    }
    return out;
  }

  std::string certificate_;
  std::string key_;
  std::string sha1_;
  std::string sha256_;
};

}  // namespace esxvi::sim
