#include "ptx-lexer.hpp"

#include <cctype>

namespace standin {
namespace {

bool inName(char c) { return isalnum(u8(c)) || c == '_' || c == '$' || c == '%' || c == '.'; }

}  // namespace

std::vector<Token> tokens(std::string_view source) {
  std::vector<Token> found;
  size_t at = 0;
  int line = 1;
  auto look = [&](size_t ahead) { return at + ahead < source.size() ? source[at + ahead] : '\0'; };
  while (at < source.size() && source[at]) {
    if (source[at] == '\n') {
      line++, at++;
    } else if (isspace(u8(source[at]))) {
      at++;
    } else if (look(0) == '/' && look(1) == '/') {
      while (at < source.size() && source[at] != '\n') at++;
    } else if (look(0) == '/' && look(1) == '*') {
      for (at += 2; at < source.size() && !(look(0) == '*' && look(1) == '/'); at++) line += source[at] == '\n';
      at += 2;
    } else {
      size_t start = at;
      if (source[at] == '"') {
        for (at++; at < source.size() && source[at] != '"'; at++) {}
        at++;
      } else if (inName(source[at])) {
        while (inName(look(0)) || (look(0) == ':' && look(1) == ':' && isalpha(u8(look(2))))) {
          at += look(0) == ':' ? 2 : 1;
        }
      } else {
        at++;
      }
      found.push_back({source.substr(start, at - start), line});
    }
  }
  found.push_back({{}, line});
  return found;
}

}  // namespace standin
