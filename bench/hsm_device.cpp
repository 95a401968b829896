// A whole HSM of 50 keys backed up, over a practice card that takes 2 ms for every command beside its own work:
//   hsm_backup_50         all the time of the run against the time that the device had a command
//   hsm_backup_50_proven  the same with the DKEK: each key opened and compared before it is kept
// See ratio.h for the line; here the ratio is at most the limit. The first argument is the folder of the vectors of Pico HSM.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "base/hex.h"
#include "container/wrapped_key/description.h"
#include "practice/pico_hsm/card.h"
#include "ratio.h"
#include "tasks/hsm_device_verbs.h"

namespace {

using namespace hwbak;

constexpr int keys = 50, rounds = 5;
// That of the vectors.
constexpr const char* dkek = "e9bf5992f455e0ed13d641c70ff7abd90ba39018f7b8a998efffcf815a5cfa67";

class SlowReader final : public CardReaders {
 public:
  explicit SlowReader(const std::filesystem::path& folder) : card_(folder, real_files(), system_random(), practice::pico_hsm::Behaviour{}, 1) {}
  std::vector<std::string> names() override { return {"slow"}; }
  std::unique_ptr<pcsc::CardLine> connect(const std::string&) override {
    card_.reset();
    return std::make_unique<Line>(*this);
  }
  double in_device = 0;
  std::chrono::milliseconds delay{0};

 private:
  class Line final : public pcsc::CardLine {
   public:
    explicit Line(SlowReader& reader) : reader_(reader) {}
    SecretBytes transmit(ByteView command) override {
      SecretBytes answer;
      reader_.in_device += bench::seconds([&] {
        std::this_thread::sleep_for(reader_.delay);
        answer = reader_.card_.transmit(command);
      });
      return answer;
    }

   private:
    SlowReader& reader_;
  };
  practice::pico_hsm::Card card_;
};

class Pin final : public Secrets {
 public:
  Pin() { pin_.push_back(SecretString::copy_of("648219")); }
  std::span<const SecretString> ask(const Question&) override { return pin_; }

 private:
  std::vector<SecretString> pin_;
};

std::shared_ptr<tasks::HsmShares> shares() {
  tasks::ShareSet set;
  tasks::OpenedShare share;
  share.share = from_hex_secret(dkek).value();
  set.shares.push_back(std::move(share));
  return std::make_shared<tasks::HsmShares>(std::move(set));
}

// Fifty keys of the same numbers: only the way is measured.
void fill(SlowReader& reader, const std::filesystem::path& vector) {
  std::ifstream in(vector, std::ios::binary);
  const auto survey = wrapped_key::survey(Bytes(std::istreambuf_iterator<char>(in), {}));
  const auto line = reader.connect("slow");
  pcsc::HsmClient hsm(*line);
  (void)hsm.select_applet();
  const SecretString pin = SecretString::copy_of("648219");
  const Bytes so_pin = from_hex("3537363231383830").value();
  pcsc::Initialisation wanted;
  wanted.pin = &pin;
  wanted.so_pin = so_pin;
  wanted.shares = 1;
  hsm.initialise(wanted);
  const SecretBytes share = from_hex_secret(dkek).value();
  (void)hsm.import_share(0, FixedView<32>(share.expose().data(), 32));
  (void)hsm.select_applet();
  hsm.log_in(pin);
  for (std::uint8_t reference = 1; reference <= keys; ++reference) {
    hsm.unwrap(reference, survey.at(survey.blob));
    hsm.write_file(pcsc::file_id(pcsc::prefix_description, reference), survey.at(survey.description));
    hsm.write_file(pcsc::file_id(pcsc::prefix_certificate, reference), survey.at(survey.certificate));
  }
}

bool measure(const char* name, SlowReader& reader, const std::filesystem::path& to, const tasks::SharesSource& source) {
  Pin pin;
  Context context;
  context.secrets = &pin;
  std::vector<double> ratios;
  double total = 0, device = 0;
  for (int i = 0; i < rounds; ++i) {
    reader.in_device = 0;
    Report report;
    total = bench::seconds([&] {
      report = tasks::hsm_backup_with(context, {}, {to / (std::string(name) + std::to_string(i)), false}, reader, source);
    });
    if (report.outcome != Outcome::ok) {
      std::printf("%s: %s\n", name, report.message.c_str());
      return false;
    }
    device = reader.in_device;
    ratios.push_back(total / device);
  }
  constexpr double limit = 1.05;
  const double ratio = bench::median(ratios);
  std::printf("%-22s ratio %5.2f  limit %5.2f  %-6s  (at most; ours %.1f ms, of them the device %.1f ms; %d keys)\n", name, ratio, limit,
              ratio <= limit ? "ok" : "MISSED", total * 1e3, device * 1e3, keys);
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  std::string folder = (std::filesystem::temp_directory_path() / "hwbak-bench-XXXXXX").string();
  if (count < 2 || mkdtemp(folder.data()) == nullptr) return EXIT_FAILURE;
  const std::filesystem::path work = folder;
  SlowReader reader(work / "card");
  fill(reader, std::filesystem::path(arguments[1]) / "p256.bin");
  reader.delay = std::chrono::milliseconds(2);
  bool good = measure("hsm_backup_50", reader, work, {});
  good = measure("hsm_backup_50_proven", reader, work, [](Report&) { return shares(); }) && good;
  std::filesystem::remove_all(work);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
