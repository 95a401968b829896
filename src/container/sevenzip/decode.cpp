// See decode.h.
#include "container/sevenzip/decode.h"

#include <lzma.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>

namespace hwbak::sevenzip {
namespace {

constexpr std::size_t step = 64 * 1024;  // output grows with what really comes

void* take(void*, std::size_t count, std::size_t size) { return std::calloc(count, size); }

void give_back(void*, void* data) {
  if (data != nullptr) wipe(data, malloc_usable_size(data));
  std::free(data);
}

constexpr lzma_allocator wiping = {take, give_back, nullptr};

class Stream final {
 public:
  explicit Stream(const Coder& coder) {
    stream_.allocator = &wiping;
    lzma_filter filters[2] = {};
    filters[0].id = coder.method == Method::lzma ? LZMA_FILTER_LZMA1 : LZMA_FILTER_LZMA2;
    filters[1].id = LZMA_VLI_UNKNOWN;
    if (lzma_properties_decode(&filters[0], &wiping, coder.properties.data(), coder.properties.size()) != LZMA_OK) return;
    auto* const options = static_cast<lzma_options_lzma*>(filters[0].options);
    if (options == nullptr) return;
    // A dictionary larger than the output is never used: a lying one costs nothing.
    options->dict_size = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(
        coder.unpack_size, LZMA_DICT_SIZE_MIN, std::max<std::uint32_t>(options->dict_size, LZMA_DICT_SIZE_MIN)));
    if (coder.method == Method::lzma) {  // the size is known and an end mark is allowed, not needed
      filters[0].id = LZMA_FILTER_LZMA1EXT;
      options->ext_flags = LZMA_LZMA1EXT_ALLOW_EOPM;
      lzma_set_ext_size(*options, coder.unpack_size);
    }
    ready_ = lzma_raw_decoder(&stream_, filters) == LZMA_OK;
    give_back(nullptr, options);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { lzma_end(&stream_); }

  [[nodiscard]] bool ready() const noexcept { return ready_; }
  [[nodiscard]] lzma_stream& get() noexcept { return stream_; }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool ready_ = false;
};

}  // namespace

Unpacked decompress(ByteView in, const Coder& coder) {
  Unpacked out;
  Stream decoder(coder);
  if (!decoder.ready()) return out;
  lzma_stream& stream = decoder.get();
  stream.next_in = in.data();
  stream.avail_in = in.size();
  lzma_ret state = LZMA_OK;
  while (state == LZMA_OK && out.bytes.size() < coder.unpack_size) {
    const std::size_t before = out.bytes.size();
    out.bytes.resize(before + static_cast<std::size_t>(std::min<std::uint64_t>(step, coder.unpack_size - before)));
    stream.next_out = out.bytes.expose().data() + before;
    stream.avail_out = out.bytes.size() - before;
    state = lzma_code(&stream, LZMA_FINISH);
    out.bytes.resize(out.bytes.size() - stream.avail_out);
    if (out.bytes.size() == before) break;
  }
  // One byte of room more: a stream that fills it is longer than declared.
  std::uint8_t beyond = 0;
  stream.next_out = &beyond;
  stream.avail_out = 1;
  if (state == LZMA_OK) state = lzma_code(&stream, LZMA_FINISH);
  out.whole = state == LZMA_STREAM_END && stream.avail_out == 1 && out.bytes.size() == coder.unpack_size;
  return out;
}

}  // namespace hwbak::sevenzip
