#include "plugins/cut_file.hpp"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <type_traits>

namespace clinic {
namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);

/// Reads one part of a file. The position may be any number, since a broken header may name it.
std::uint64_t end_of(std::uint64_t begin, std::uint64_t size) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  return size > most - begin ? most : begin + size;
}

template <class Struct>
bool read_at(std::ifstream& in, std::uint64_t begin, Struct& into) {
  static_assert(std::is_trivially_copyable_v<Struct>);
  in.seekg(static_cast<std::streamoff>(begin));
  return static_cast<bool>(in.read(reinterpret_cast<char*>(&into), sizeof into));
}

/// The length that the header requires, as far as it can be read.
std::uint64_t expected_size(std::ifstream& in, const Header& header) {
  auto size = std::max(end_of(header.e_shoff, std::uint64_t{header.e_shnum} * header.e_shentsize),
                       end_of(header.e_phoff, std::uint64_t{header.e_phnum} * header.e_phentsize));
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    Segment segment;
    if (!read_at(in, header.e_phoff + i * sizeof segment, segment)) break;  // the table's end is required
    if (segment.p_type != PT_NULL) size = std::max(size, end_of(segment.p_offset, segment.p_filesz));
  }
  return size;
}

std::string in_words(std::uint64_t expected, std::uint64_t found) {
  return "expected " + std::to_string(expected) + " bytes, found " + std::to_string(found) + ": the file is cut off";
}

}  // namespace

std::string cut_off(const std::filesystem::path& file) {
  std::error_code error;
  const auto found = std::filesystem::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  unsigned char kind[EI_NIDENT] = {};
  if (error || !in) return {};
  in.read(reinterpret_cast<char*>(kind), sizeof kind);
  // A file that ends within the first four bytes may have been any kind of file.
  const auto magic = std::min<std::uint64_t>(found, SELFMAG);
  if (std::memcmp(kind, ELFMAG, magic) != 0) return {};
  if (found < sizeof(Header)) return in_words(sizeof(Header), found).insert(9, "at least ");
  constexpr auto own_class = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
  constexpr auto own_order = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
  Header header;
  in.clear();
  if (kind[EI_CLASS] != own_class || kind[EI_DATA] != own_order || !read_at(in, 0, header) ||
      header.e_phentsize != sizeof(Segment))
    return {};
  const auto expected = expected_size(in, header);
  return found < expected ? in_words(expected, found) : std::string();
}

}  // namespace clinic
