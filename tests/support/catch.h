// The test framework, whichever of its two layouts is installed: Debian has Catch2 2, vcpkg and
// MSYS2 have Catch2 3.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
