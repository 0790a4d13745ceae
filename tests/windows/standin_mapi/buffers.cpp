// MAPI's allocator: a buffer may own others, and freeing it frees them. Callers may use it from any
// thread.
#include <new>
#include <utility>

#include "tests/windows/standin_mapi/mapi_headers.h"

namespace {

// Stands before the bytes the caller sees. All blocks of a chain hang on the first one.
struct alignas(16) Block {
  Block* next;
};

Block* new_block(ULONG size) {
  void* memory = HeapAlloc(GetProcessHeap(), 0, sizeof(Block) + size);
  return memory == nullptr ? nullptr : new (memory) Block{nullptr};
}

Block* block_of(void* buffer) {
  return static_cast<Block*>(buffer) - 1;
}

SRWLOCK chain_lock = SRWLOCK_INIT;

}  // namespace

extern "C" SCODE WINAPI MAPIAllocateBuffer(ULONG size, LPVOID* buffer) {
  if (buffer == nullptr) {
    return MAPI_E_INVALID_PARAMETER;
  }
  Block* block = new_block(size);
  *buffer = block == nullptr ? nullptr : block + 1;
  return block == nullptr ? MAPI_E_NOT_ENOUGH_MEMORY : S_OK;
}

extern "C" SCODE WINAPI MAPIAllocateMore(ULONG size, LPVOID owner, LPVOID* buffer) {
  if (buffer == nullptr || owner == nullptr) {
    return MAPI_E_INVALID_PARAMETER;
  }
  const SCODE code = MAPIAllocateBuffer(size, buffer);
  if (code == S_OK) {
    AcquireSRWLockExclusive(&chain_lock);
    block_of(*buffer)->next = std::exchange(block_of(owner)->next, block_of(*buffer));
    ReleaseSRWLockExclusive(&chain_lock);
  }
  return code;
}

extern "C" ULONG WINAPI MAPIFreeBuffer(LPVOID buffer) {
  Block* block = buffer == nullptr ? nullptr : block_of(buffer);
  while (block != nullptr) {
    Block* next = block->next;
    HeapFree(GetProcessHeap(), 0, block);
    block = next;
  }
  return S_OK;
}
