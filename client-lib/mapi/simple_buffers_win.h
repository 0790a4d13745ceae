// Whose memory a block is that Simple MAPI has returned. The provider of Simple MAPI may be another
// DLL than that of extended MAPI; both know a MAPIFreeBuffer of their own, the program only one.
#pragma once

namespace profile_broker::client::mapi {

// A block that a function of Simple MAPI has handed to the program. Null and blocks that the other
// provider can free are not noted. What cannot be noted for want of memory is freed by extended
// MAPI.
void note_simple_buffer(void* block) noexcept;

// Whether Simple MAPI's own function frees it; forgets it then.
bool take_simple_buffer(void* block) noexcept;

}  // namespace profile_broker::client::mapi
