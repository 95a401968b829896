// A search, per core: whole trials of candidates (key derivation, quick test) against what its user would have without it.
//   sevenzip_candidates  twelve words with one wrong, 2^13 rounds, against a loop over OpenSSL's SHA-256 with all records in one buffer
//   sevenzip_7z          the same against one run of `7z t` for each candidate
//   badge_candidates     200,000 iterations against PKCS5_PBKDF2_HMAC
//   dkek_candidates      against EVP_BytesToKey; 20,000 rounds and not 10,000,000, because the time of one is their number and nothing else
//   two_cores            a search with two threads against one
//   generating           making candidates against trying them, in percent: words for 2^13 rounds; patterns for 200,000 iterations of a
//                        badge, and for a short password of a 7z archive, which costs least of all
//   search_memory        locked memory after the first search and after all: it stays as it is
//   other_ways           the derivations alone with each kernel that this processor has: what machines without the best of them do
// What one core does is measured by processor time, what processes and two threads do by the clock. See ratio.h for the lines. The argument
// is the folder of the vectors.
#include <openssl/evp.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include "base/as_bytes.h"
#include "container/sevenzip/open.h"
#include "crypto/dkek_kdf_engines.h"
#include "crypto/pbkdf2_sha256_chain.h"
#include "crypto/sevenzip_kdf_engines.h"
#include "ratio.h"
#include "recover/pattern_plan.h"
#include "recover/search.h"
#include "recover/trial.h"
#include "recover/word_plan.h"
#include "wallet/bip39.h"

extern char** environ;

namespace {

using namespace hwbak;

const std::atomic<bool> never = false;

Bytes read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

constexpr int sixth = 5;

// Twelve words of a wrong password, or so many of them.
std::string wrong_words(std::string_view at_sixth, int count = 12) {
  const auto& list = wallet::english_words();
  std::string words;
  for (int word = 0; word < count; ++word)
    words += std::string(word == 0 ? "" : " ") + std::string(word == sixth ? at_sixth : list[static_cast<std::size_t>(word * 157 + 31) % list.size()]);
  return words;
}

// The sixth going through the list.
recover::Batch one_wrong_word(std::size_t count) {
  recover::Batch out;
  const auto& list = wallet::english_words();
  for (std::size_t i = 0; i < count; ++i) out.add(as_bytes(wrong_words(list[i % list.size()])));
  return out;
}

bool tries(recover::Trial& trial, const recover::Batch& batch) {
  const recover::Tried tried = trial.try_all(batch, never);
  return tried.finished && !tried.hit;
}

// What a careful programmer writes with OpenSSL alone: 256 records in one buffer, of which only counters change.
class OpensslLoop final {
 public:
  explicit OpensslLoop(const sevenzip::Aes& aes) : aes_(aes), md_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {}
  OpensslLoop(const OpensslLoop&) = delete;
  OpensslLoop& operator=(const OpensslLoop&) = delete;
  ~OpensslLoop() {
    EVP_MD_CTX_free(context_);
    EVP_MD_free(md_);
  }
  const Bytes& key_of(ByteView typed) {
    constexpr std::size_t held = 256;
    const SecretBytes password = std::move(sevenzip::password_forms(typed).front());
    const std::size_t size = aes_.salt.size() + password.size() + 8;
    buffer_.resize(held * size);
    for (std::size_t i = 0; i < held; ++i) {
      std::uint8_t* at = std::ranges::copy(aes_.salt, buffer_.data() + i * size).out;
      at = std::ranges::copy(password.expose(), at).out;
      std::fill_n(at, 8, std::uint8_t{0});
      *at = static_cast<std::uint8_t>(i);
    }
    EVP_DigestInit_ex(context_, md_, nullptr);
    for (std::uint64_t done = 0; done < std::uint64_t{1} << aes_.rounds_pow; done += held) {
      for (std::size_t i = 0; i < held; ++i) {  // the lowest byte stays
        std::uint8_t* const counter = buffer_.data() + (i + 1) * size - 8;
        counter[1] = static_cast<std::uint8_t>(done >> 8);
        counter[2] = static_cast<std::uint8_t>(done >> 16);
      }
      EVP_DigestUpdate(context_, buffer_.data(), buffer_.size());
    }
    unsigned length = 0;
    EVP_DigestFinal_ex(context_, key_.data(), &length);
    return key_;
  }

 private:
  const sevenzip::Aes& aes_;
  EVP_MD* md_;
  EVP_MD_CTX* context_;
  Bytes buffer_, key_ = Bytes(32);
};

void run_7z(const std::string& file, ByteView typed) {
  std::string password = "-p" + std::string(reinterpret_cast<const char*>(typed.data()), typed.size()), path = file;
  char name[] = "7z", test[] = "t";
  char* const arguments[] = {name, test, password.data(), path.data(), nullptr};
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  for (const int fd : {0, 1, 2}) posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", fd == 0 ? 0 : 1, 0);
  pid_t child = 0;
  int status = 0;
  if (posix_spawnp(&child, "7z", &quiet, nullptr, arguments, environ) != 0) std::abort();
  waitpid(child, &status, 0);
  posix_spawn_file_actions_destroy(&quiet);
}

bool bench_sevenzip(const std::string& vectors) {
  const std::string path = vectors + "/coldcard/mk4-12words.7z";
  const Bytes file = read(path);
  const sevenzip::Survey survey = sevenzip::survey(file, {});
  const auto trial = recover::trial_for(file, {});
  constexpr std::size_t part = 128, processes = 16;
  const std::size_t count = trial->batch_size();
  const recover::Batch batch = one_wrong_word(count);
  const std::string engine = std::to_string(count) + " candidates, engine " + std::string(trial->engine());
  OpensslLoop openssl(*survey.folders[0].aes);
  bool good = true;
  const auto ours = [&] { good = good && tries(*trial, batch); };
  bench::speed(
      "sevenzip_candidates", 3.3, 9, ours,
      [&] {  // of every length
        for (std::size_t i = 0; i < part; ++i) good = good && openssl.key_of(batch[i * count / part]).size() == 32;
      },
      engine, static_cast<double>(count) / part, bench::Clock::processor);
  bench::speed(
      "sevenzip_7z", 12, 5, ours,
      [&] {
        for (std::size_t i = 0; i < processes; ++i) run_7z(path, batch[i * count / processes]);
      },
      engine, static_cast<double>(count) / processes);

  // A whole search: the threads, their counter, the plan that makes the batches.
  std::string typed = wrong_words("?");
  typed.replace(0, typed.find(' '), "able|acid|zone|zoo");
  const recover::WordPlan plan(recover::read_words(typed, wallet::english_words()), wallet::english_words(), 12);
  const recover::Route route(plan, {0}, {});
  const recover::Trials one = recover::trials_for(recover::trial_for(file, {}), 1), two = recover::trials_for(recover::trial_for(file, {}), 2);
  const auto search = [&](const recover::Trials& threads) {
    const recover::SearchEnd end = recover::search(route, threads, 0, {});
    good = good && !end.hit && end.state.tried == route.size();
  };
  search(two);
  const std::size_t first = secret::pool_status().bytes_reserved;
  bench::speed("two_cores", 1.9, 7, [&] { search(two); }, [&] { search(one); }, std::to_string(route.size()) + engine.substr(engine.find(' ')));
  const double grown = static_cast<double>(secret::pool_status().bytes_reserved) / static_cast<double>(first);
  std::printf("%-22s ratio %5.2f  limit %5.2f  %-6s  (at most; %zu bytes after the first search)\n", "search_memory", grown, 1.0,
              grown <= 1 ? "ok" : "MISSED", first);
  return good;
}

bool bench_badge(const std::string& vectors) {
  const Bytes file = read(vectors + "/cdc-badge/s02-full.cdcbak");
  const cdcbak::Survey survey = cdcbak::survey(file, {});
  const auto trial = recover::trial_for(file, {});
  recover::Batch batch;
  for (std::size_t i = 0; i < trial->batch_size(); ++i) batch.add(as_bytes("not the passphrase " + std::to_string(i)));
  bool good = true;
  Bytes key(32);
  bench::speed(
      "badge_candidates", 7, 5, [&] { good = good && tries(*trial, batch); },
      [&] {
        PKCS5_PBKDF2_HMAC(reinterpret_cast<const char*>(batch[0].data()), static_cast<int>(batch[0].size()), survey.salt.data(),
                          static_cast<int>(survey.salt.size()), static_cast<int>(survey.iterations), EVP_sha256(),
                          static_cast<int>(key.size()), key.data());
      },
      std::to_string(survey.iterations) + " iterations, engine " + std::string(trial->engine()), static_cast<double>(batch.size()),
      bench::Clock::processor);
  return good;
}

bool bench_dkek(const std::string& vectors) {
  constexpr std::uint32_t rounds = 20'000;
  const Bytes file = read(vectors + "/pico-hsm/dkek-a1.pbe");
  const dkek::Survey survey = dkek::survey(file);
  recover::TrialOptions options;
  options.dkek_rounds = rounds;
  const auto trial = recover::trial_for(file, std::move(options));
  recover::Batch batch;
  for (std::size_t i = 0; i < trial->batch_size(); ++i) batch.add(as_bytes("not the password " + std::to_string(i)));
  bool good = true;
  Bytes key(48);
  bench::speed(
      "dkek_candidates", 70, 31, [&] { good = good && tries(*trial, batch); },
      [&] {
        EVP_BytesToKey(EVP_aes_256_cbc(), EVP_md5(), survey.salt.data(), batch[0].data(), static_cast<int>(batch[0].size()), rounds,
                       key.data(), key.data() + 32);
      },
      std::to_string(rounds) + " rounds, " + std::to_string(batch.size()) + " candidates, engine " + std::string(trial->engine()),
      static_cast<double>(batch.size()), bench::Clock::processor);
  return good;
}

// Batches from all over the class. A search makes its batches in the same way.
bool generating(const std::string& name, const recover::Plan& plan, std::string_view of_class, recover::Trial& trial) {
  const auto found = std::ranges::find(plan.classes(), of_class, &recover::PlannedClass::name);
  if (found == plan.classes().end()) return false;
  const recover::Route route(plan, {static_cast<std::size_t>(found - plan.classes().begin())}, {});
  constexpr int parts = 8;
  recover::Batch batch;
  SecretString candidate;
  bool good = true;
  std::vector<double> percent, making, trying;
  for (int part = 0; part < parts; ++part) {
    const auto from = static_cast<std::uint64_t>(std::fmod(0.618 * part, 1) * static_cast<double>(route.size()));
    const std::uint64_t to = std::min<std::uint64_t>(from + trial.batch_size(), route.size());
    batch.clear();
    const double made = bench::processor_seconds([&] {
      for (std::uint64_t at = from; at < to; ++at) {
        candidate.clear();
        route.candidate(at, candidate);
        batch.add(candidate.expose_bytes());
      }
    });
    const double tried = bench::processor_seconds([&] { good = good && tries(trial, batch); });
    percent.push_back(100 * made / tried);
    making.push_back(made / static_cast<double>(batch.size()));
    trying.push_back(tried / static_cast<double>(batch.size()));
  }
  const double most = *std::ranges::max_element(percent);
  std::printf("%-22s ratio %5.2f  limit %5.2f  %-6s  (at most, in percent; %s, making %.2f us, trying %.1f us)\n", "generating", most, 1.0,
              most <= 1 ? "ok" : "MISSED", name.c_str(), bench::median(making) * 1e6, bench::median(trying) * 1e6);
  return good;
}

bool bench_generating(const std::string& vectors) {
  const auto archive = recover::trial_for(read(vectors + "/coldcard/mk4-12words.7z"), {});
  const auto badge = recover::trial_for(read(vectors + "/cdc-badge/s02-full.cdcbak"), {});
  const auto& list = wallet::english_words();
  const auto words = [&](const std::string& typed) { return recover::WordPlan(recover::read_words(typed, list), list, 12); };
  const recover::WordPlan typed = words(wrong_words("zoo"));
  bool good = true;
  for (const std::string_view one : {"one-wrong", "wrong-and-swapped", "two-wrong", "any-order"})
    good = good && generating("words " + std::string(one), typed, one, *archive);
  good = good && generating("words too few", words(wrong_words("zoo", 11)), "missing-or-doubled", *archive);
  std::string word_list;
  for (const std::string_view one : list) word_list += std::string(one) + "\n";
  const recover::PatternPlan slips("(?it2:correct horse)[0-9]{4}[!?.]?", {}), listed("(?il:\\w)[-_ ]?(?i:\\w)[0-9]{2}", word_list),
      open("[ -~]{8}", {}), wide("[\u0100-\u04FF]{8}", {});
  for (auto* trial : {badge.get(), archive.get()}) {
    const std::string of = trial == badge.get() ? "badge " : "7z ";
    good = good && generating(of + "pattern with slips", slips, "two-slips", *trial);
    good = good && generating(of + "pattern of words", listed, "as-written", *trial);
    good = good && generating(of + "pattern of ASCII", open, "as-written", *trial);
    good = good && generating(of + "pattern of Unicode", wide, "as-written", *trial);
  }
  return good;
}

// Ours for all jobs, the peer for one of them.
template <class Ours, class Peer>
void other_way(std::string_view derivation, std::string_view kernel, std::size_t jobs, Ours&& ours, Peer&& peer) {
  bench::speed("other_ways", 0, 5, ours, peer, std::string(derivation) + ", " + std::string(kernel), static_cast<double>(jobs),
               bench::Clock::processor);
}

void bench_other_ways(const std::string& vectors) {
  constexpr std::uint32_t rounds = 20'000;
  const Bytes salt(16, 5), password(28, 'p');
  const sevenzip::Survey survey = sevenzip::survey(read(vectors + "/coldcard/mk4-12words.7z"), {});
  const sevenzip::Aes& aes = *survey.folders[0].aes;
  OpensslLoop openssl(aes);
  recover::Batch alike;  // of one length
  for (const std::string_view word : wallet::english_words())
    if (word.size() == 5 && alike.size() < 128) alike.add(as_bytes(wrong_words(word)));
  std::vector<SecretBytes> forms;
  for (std::size_t i = 0; i < alike.size(); ++i) forms.push_back(std::move(sevenzip::password_forms(alike[i]).front()));
  std::vector<std::array<std::uint8_t, 48>> keys(alike.size());
  std::vector<crypto::SevenZipKdfJob> archives;
  for (std::size_t i = 0; i < forms.size(); ++i) archives.push_back({aes.salt, forms[i].expose(), aes.rounds_pow, ByteSpan(keys[i]).first(32)});
  for (const auto* kernel : crypto::usable_sha256_kernels())
    other_way("7z", kernel->name, archives.size(), [&] { crypto::derive_sevenzip_keys_with({&kernel, 1}, archives); }, [&] { openssl.key_of(alike[0]); });
  other_way("7z", "portable", archives.size(), [&] { crypto::derive_sevenzip_keys_with({}, archives); }, [&] { openssl.key_of(alike[0]); });

  std::vector<crypto::Pbkdf2Job> badges;
  for (std::size_t i = 0; i < crypto::pbkdf2_most_lanes; ++i) badges.push_back({password, salt, rounds, FixedSpan<32>(keys[i].data(), 32)});
  const auto pbkdf2 = [&] {
    PKCS5_PBKDF2_HMAC(reinterpret_cast<const char*>(password.data()), static_cast<int>(password.size()), salt.data(), static_cast<int>(salt.size()),
                      rounds, EVP_sha256(), 32, keys[0].data());
  };
  for (const auto* kernel : crypto::usable_pbkdf2_kernels())
    other_way("badge", kernel->name, badges.size(), [&] { crypto::pbkdf2_hmac_sha256_many_with({&kernel, 1}, badges); }, pbkdf2);
  other_way("badge", "portable", badges.size(), [&] {
    for (const auto& job : badges) crypto::pbkdf2_hmac_sha256_with(crypto::pbkdf2_portable, job);
  }, pbkdf2);

  std::vector<crypto::DkekKdfJob> shares;
  for (std::size_t i = 0; i < crypto::md5_most_lanes; ++i) shares.push_back({password, FixedView<8>(salt.data(), 8), rounds, FixedSpan<48>(keys[i])});
  for (const auto* kernel : crypto::usable_md5_kernels())
    other_way("dkek", kernel->name, shares.size(), [&] { (void)crypto::derive_dkek_share_keys_with({&kernel, 1}, shares); }, [&] {
      EVP_BytesToKey(EVP_aes_256_cbc(), EVP_md5(), salt.data(), password.data(), static_cast<int>(password.size()), rounds, keys[0].data(),
                     keys[0].data() + 32);
    });
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return EXIT_FAILURE;
  const std::string vectors = arguments[1];
  if (bench_sevenzip(vectors) && bench_badge(vectors) && bench_dkek(vectors) && bench_generating(vectors)) {
    bench_other_ways(vectors);
    return EXIT_SUCCESS;
  }
  std::puts("recover: a wrong candidate opened a file");
  return EXIT_FAILURE;
}
