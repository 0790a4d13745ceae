// What simple_only_mapi.dll exports for tests besides Simple MAPI and CMC.
#pragma once

namespace simple_only_mapi {

// "TellDuring": called in the middle of each call that sends, with its session logged on.
using During = void();
using TellDuring = void(During* told);
// "Blocks": its memory that nobody has freed yet. "ForeignBlocks": how often it was to free a block
// that is not its own.
using Count = long();

}  // namespace simple_only_mapi
