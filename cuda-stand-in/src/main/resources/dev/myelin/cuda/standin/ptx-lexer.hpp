// PTX text as words and signs.
#pragma once
#include <string_view>
#include <vector>

#include "base.hpp"

namespace standin {

struct Token {
  std::string_view text;  // of the source, which must outlive it; empty at the end
  int line;
};

/** Names keep their dots and '::' ("ld.shared::cta.u32", "%tid.x"); comments are left out. */
std::vector<Token> tokens(std::string_view source);

}  // namespace standin
