// Says of each program or library named what its version resource and its manifest say, one line
// each: for the test of the package.
#include <windows.h>

#include <cstdio>
#include <string>
#include <vector>

namespace {

std::string file_version(const wchar_t* path) {
  const DWORD size = GetFileVersionInfoSizeW(path, nullptr);
  std::vector<char> block(size);
  VS_FIXEDFILEINFO* fixed = nullptr;
  UINT length = 0;
  if (size == 0 || GetFileVersionInfoW(path, 0, size, block.data()) == FALSE ||
      VerQueryValueW(block.data(), L"\\", reinterpret_cast<void**>(&fixed), &length) == FALSE) {
    return "none";
  }
  const auto text = [](DWORD high, DWORD low) {
    return std::to_string(high >> 16) + "." + std::to_string(high & 0xffff) + "." +
           std::to_string(low >> 16) + "." + std::to_string(low & 0xffff);
  };
  const auto file = text(fixed->dwFileVersionMS, fixed->dwFileVersionLS);
  const auto product = text(fixed->dwProductVersionMS, fixed->dwProductVersionLS);
  return file == product ? file : file + " of product " + product;
}

// The manifest as text, of a program (1) or a library (2).
std::string manifest(const wchar_t* path) {
  const HMODULE module = LoadLibraryExW(path, nullptr, LOAD_LIBRARY_AS_DATAFILE);
  for (const WORD number : {WORD{1}, WORD{2}}) {
    const HRSRC found = module == nullptr
                            ? nullptr
                            : FindResourceW(module, MAKEINTRESOURCEW(number), MAKEINTRESOURCEW(24));
    if (found != nullptr) {
      const auto* text = static_cast<const char*>(LockResource(LoadResource(module, found)));
      return {text, SizeofResource(module, found)};
    }
  }
  return {};
}

}  // namespace

int wmain(int count, wchar_t** paths) {
  for (int i = 1; i < count; ++i) {
    std::string line = "version " + file_version(paths[i]);
    const auto text = manifest(paths[i]);
    for (const char* word :
         {"asInvoker", "supportedOS", "longPathAware", "UTF-8</activeCodePage"}) {
      if (text.find(word) != std::string::npos) {
        line += std::string(" ") + word;
      }
    }
    std::puts(line.c_str());
  }
  return 0;
}
