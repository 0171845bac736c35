#include "commands.hpp"

#include <cstdlib>

namespace esxctl {

esxvi::Credentials Connection::credentials(esxvi::Challenge const& challenge) const {
  if (!password_file.empty()) return esxvi::password_file(password_file)(challenge);
  if (char const* given = std::getenv("ESXVI_PASSWORD"))
    return esxvi::fixed_password(given)(challenge);
  esxvi::Credentials answer;
  if (esxvi::find_in_netrc(challenge, answer)) return answer;
  return esxvi::ask_password(challenge);
}

}  // namespace esxctl
