// python3-cryptography, a dozen lines from the format page, opens what is written here and writes what is opened here.
#include "base/as_bytes.h"
#include "container/cdcbak/cdcbak.h"
#include "crypto/peer.h"

namespace hwbak::cdcbak {
namespace {

constexpr const char* peer =
    "import base64,hashlib,os,struct,sys\n"
    "from cryptography.hazmat.primitives.ciphers.aead import AESGCM\n"
    "what,word,n=sys.argv[1],bytes.fromhex(sys.argv[2]),int(sys.argv[3])\n"
    "data=sys.stdin.buffer.read()\n"
    "def cipher(head): return AESGCM(hashlib.pbkdf2_hmac(\"sha256\",word,head[11:27],n))\n"
    "if what==\"open\":\n"
    "  raw=base64.b64decode(data,validate=True)\n"
    "  assert raw[:7]==b\"CDCBAK\\x01\" and struct.unpack(\"<I\",raw[7:11])[0]==n\n"
    "  out=cipher(raw).decrypt(raw[27:39],raw[39:],raw[:39])\n"
    "else:\n"
    "  head=b\"CDCBAK\\x01\"+struct.pack(\"<I\",n)+os.urandom(28)\n"
    "  out=base64.b64encode(head+cipher(head).encrypt(head[27:39],data,head))\n"
    "sys.stdout.buffer.write(out)\n";

// "Gr\xFC\xDFe" in CP437 and the iterations of a badge.
constexpr const char* arguments = "477281e165 200000";
constexpr std::string_view plaintext = "{\"host_api_level\":\"0.7\",\"modules\":{\"mod_2fa\":{}}}\0\xFF";
const std::string_view passphrase_cp437 = "Gr\x81\xE1\x65";

std::optional<std::string> python(const char* what, ByteView input) {
  return test::run("/usr/bin/python3 -c '" + std::string(peer) + "' " + what + " " + arguments, input);
}

TEST(CdcbakPeer, PythonOpensWhatIsWritten) {
  const Written written = write(as_bytes(plaintext), as_bytes(passphrase_cp437), default_iterations, system_random());
  EXPECT_EQ(python("open", written.base64), std::string(plaintext));
  Bytes changed = written.base64;
  changed[100] = changed[100] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(python("open", changed)) << "the peer checks nothing";
}

TEST(CdcbakPeer, WhatPythonWritesOpens) {
  const auto file = python("write", as_bytes(plaintext));
  ASSERT_TRUE(file);
  const auto unlocked = unlock(survey(as_bytes(*file), Limits{}), passphrase_forms(as_bytes("Grüße")));
  ASSERT_TRUE(unlocked);
  EXPECT_EQ(name(unlocked->form), "cp437");
  EXPECT_TRUE(unlocked->plaintext.equals(as_bytes(plaintext)));
}

}  // namespace
}  // namespace hwbak::cdcbak
