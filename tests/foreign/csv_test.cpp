// Lists of logins: written to the byte, read back, bad rows beside good ones, and Python's csv as another reader.
#include "foreign/csv.h"

#include "crypto/peer.h"
#include "foreign/records.h"

namespace hwbak::foreign {
namespace {

using namespace foreign::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string secret_uri = "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

TEST(Csv, IsWrittenAsEachProgramTakesIt) {
  const std::string uri = "otpauth://totp/A%3Ab%20%26%20c:me%40x.org" + secret_uri + "&issuer=A%3Ab%20%26%20c&algorithm=SHA1&digits=6&period=30";
  const std::string counting = "otpauth://hotp/counting" + secret_uri + "&algorithm=SHA512&digits=8&counter=9007199254740993";
  const std::string of_login = "otpauth://totp/X:y" + secret_uri + "&issuer=X&algorithm=SHA1&digits=6&period=60";
  const std::string mail = "\"Mail, \"\"new\"\"\"", notes = "\"two\r\nlines\nand \\n\"", key = "\xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x94\x91";
  EXPECT_EQ(text(write_keepassxc_csv(difficult())),
            "Group,Title,Username,Password,URL,Notes,TOTP\r\n"
            "Work/Mail," + mail + ",me,\"=1+1,\"\"x\"\"\",https://mail.example/?a=b&c," + notes + ",\r\n"
            "\"#group\",@SUM(A1),-2,\"+3\t\",\" https://x \"," + key + "," + of_login + "\r\n"
            "Work/Mail," + mail + ",me,the same title and user again,,,\r\n"
            ",A:b & c,me@x.org,,,," + uri + "\r\n,counting,counting,,,," + counting + "\r\n");
  EXPECT_EQ(text(write_bitwarden_csv(difficult())),
            "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\r\n"
            "Work/Mail,,login," + mail + "," + notes + ",,,https://mail.example/?a=b&c,me,\"=1+1,\"\"x\"\"\",\r\n"
            "\"#group\",,login,@SUM(A1)," + key + ",,,\" https://x \",-2,\"+3\t\"," + of_login + "\r\n"
            "Work/Mail,,login," + mail + ",,,,,me,the same title and user again,\r\n"
            ",,login,A:b & c,,,,,me@x.org,," + uri + "\r\n,,login,counting,,,,,counting,," + counting + "\r\n");
  EXPECT_THAT(text(write_1password_csv(difficult())), HasSubstr("Title,Url,Username,Password,OTPAuth,Notes\r\n"));
  EXPECT_THAT(text(write_1password_csv(difficult())), HasSubstr("\r\n@SUM(A1),\" https://x \",-2,\"+3\t\"," + of_login + "," + key + "\r\n"));
  EXPECT_EQ(text(write_browser_csv(difficult())),
            "name,url,username,password,note\r\n" + mail + ",https://mail.example/?a=b&c,me,\"=1+1,\"\"x\"\"\"," + notes + "\r\n"
            "@SUM(A1),\" https://x \",-2,\"+3\t\"," + key + "\r\n" + mail + ",,me,the same title and user again,\r\n");
}

TEST(Csv, PythonReadsTheSame) {
  const Contents contents = difficult();
  const auto peer = hwbak::test::run(
      "/usr/bin/python3 -c 'import csv,io,sys; rows=csv.reader(io.StringIO(sys.stdin.buffer.read().decode(),newline=\"\"),strict=True); "
      "sys.stdout.buffer.write(\"\\x02\".join(\"\\x01\".join(r) for r in rows).encode())'",
      write_keepassxc_csv(contents).expose());
  std::string expected = "Group\1Title\1Username\1Password\1URL\1Notes\1TOTP";
  for (const Login& login : contents.logins) {
    char separator = '\2';
    for (const std::string& field : fields_of(login)) expected += std::exchange(separator, '\1') + field;
  }
  ASSERT_TRUE(peer) << "python3 is needed";
  EXPECT_THAT(*peer, testing::StartsWith(expected));
}

TEST(Csv, OfEachProgramIsKnownByItsHeader) {
  const auto one = [](const std::string& file) {
    Imported read = read_csv(as_bytes(file));
    EXPECT_THAT(read.refused, IsEmpty()) << file;
    EXPECT_EQ(read.contents.logins.size(), 1u) << file;
    return fields_of(read.contents.logins.at(0));
  };
  const std::string uri = "otpauth://totp/me" + secret_uri + "&algorithm=SHA1&digits=6&period=30";
  EXPECT_THAT(one("\xEF\xBB\xBF\"Group\",\"Title\",\"Username\",\"Password\",\"URL\",\"Notes\",\"TOTP\",\"Icon\",\"Last Modified\",\"Created\"\n"
                  "\"Root\",\"t\",\"u\",\"p\",\"l\",\"n\",\"" + uri + "\",\"0\",\"2024-01-01T00:00:00Z\",\"2024-01-01T00:00:00Z\"\n"),
              ElementsAre("Root", "t", "u", "p", "l", "n", uri));
  EXPECT_THAT(one("\"Group\",\"Title\",\"Username\",\"Password\",\"URL\",\"Notes\"\n\"\",\"t\",\"u\",\"p\",\"l\",\"n\"\n"), ElementsAre("", "t", "u", "p", "l", "n", ""));
  EXPECT_THAT(one("folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\nf,1,login,t,n,,0,\"l,m\",u,p," + uri),
              ElementsAre("f", "t", "u", "p", "l,m", "n", uri));
  EXPECT_THAT(one("Title,Url,Username,Password,OTPAuth,Favorite,Archived,Notes\nt,l,u,p," + uri + ",false,false,n\n"), ElementsAre("", "t", "u", "p", "l", "n", uri));
  EXPECT_THAT(one("Title,URL,Username,Password,Notes,OTPAuth\nt,l,u,p,n,\n"), ElementsAre("", "t", "u", "p", "l", "n", ""));
  EXPECT_THAT(one("name,url,username,password,note\nt,l,u,p,n"), ElementsAre("", "t", "u", "p", "l", "n", ""));
  EXPECT_THAT(one("name,url,username,password\r\nt,l,u,p\r\n"), ElementsAre("", "t", "u", "p", "l", "", ""));
  EXPECT_THAT(one("\"url\",\"username\",\"password\",\"httpRealm\",\"formActionOrigin\",\"guid\",\"timeCreated\",\"timeLastUsed\",\"timePasswordChanged\"\r\n"
                  "\"https://mail.example:8443/x?y\",\"u\",\"p\",,\"\",\"{0}\",\"1\",\"2\",\"3\"\r\n"),
              ElementsAre("", "mail.example:8443", "u", "p", "https://mail.example:8443/x?y", "", ""));
  EXPECT_THAT(one(" password , Username,URL,Name\np,u,l,t\n"), ElementsAre("", "t", "u", "p", "l", "", "")) << "columns in any order";
}

TEST(Csv, BadRowsAreNamedAndTheGoodOnesStay) {
  const std::string header = "name,url,username,password\n";
  const Imported read = read_csv(as_bytes(header +
      "one,l,u,p\n"                          // 2
      "\n"
      "short,l,u\n"                          // 4
      "\"a\"b,l,u,p\n"                       // 5
      "two,l,u,\"many\nlines\"\n"            // 6, 7
      "a\"b,l,u,p\n"                         // 8
      "not\xFFutf8,l,u,p\n"                  // 9
      "nul,l,u,p" + std::string(1, '\0') + "\n"  // 10
      "lone\rreturn,l,u,p\n"                 // 11
      "long,l,u," + std::string(max_field + 1, 'x') + "\n"   // 12
      "open,l,u,\"never closed\n"            // 13
      "three,l,u,p\n"                        // 14
      "=1+1,@l,-u,+p"));                     // 15
  EXPECT_THAT(places(read.refused), testing::UnorderedElementsAre("line 4", "line 5", "line 8", "line 9", "line 10", "line 11", "line 12", "line 13"));
  std::vector<std::string> titles;
  for (const Login& login : read.contents.logins) titles.emplace_back(login.title.expose());
  EXPECT_THAT(titles, ElementsAre("one", "two", "three", "=1+1"));
  EXPECT_EQ(read.contents.logins[1].password.expose(), "many\nlines");
  EXPECT_EQ(read.contents.logins[3].password.expose(), "+p");
  for (const Remark& refused : read.refused) EXPECT_EQ(refused.sentence.find("xxx"), std::string::npos);
}

TEST(Csv, OtherItemsColumnsAndCodesAreToldOf) {
  const std::string header = "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp,extra\x1b[2J\n";
  const Imported read = read_csv(as_bytes(header +
      ",,note,n,text,,,,,,,\n"                                     // 2
      ",,login,custom,,\"a: b\",,,u,p,,\n"                         // 3
      ",,login,Bare,,,,,me,p,jbsw y3dp ehpk 3pxp,\n"               // 4
      ",,login,Steam,,,,,me,p,steam://ABCDEFGH,\n"                 // 5
      ",,login,Wrong,,,,,me,p,not base32!,\n"                      // 6
      ",,login,Image,,,,,me,p,otpauth://totp/a?secret=MFRGG&image=x,\n"   // 7
      ",,login,A,,,,,me,,otpauth://totp/A:me?secret=MFRGG&issuer=A,\n"));  // 8
  EXPECT_THAT(places(read.refused), ElementsAre("line 2", "line 5, TOTP", "line 6, TOTP"));
  EXPECT_THAT(places(read.remarks), ElementsAre("line 1", "line 3", "line 4", "line 7"));
  EXPECT_THAT(read.remarks[0].sentence, HasSubstr("extra\\u{001B}[2j"));
  ASSERT_EQ(read.contents.logins.size(), 5u) << "a login is not lost for its code";
  const Login& bare = read.contents.logins[1];
  ASSERT_TRUE(bare.totp);
  EXPECT_EQ(otp::to_uri(*bare.totp).expose(), "otpauth://totp/Bare:me?secret=JBSWY3DPEHPK3PXP&issuer=Bare&algorithm=SHA1&digits=6&period=30");
  EXPECT_FALSE(read.contents.logins[2].totp);
  ASSERT_EQ(read.contents.accounts.size(), 1u) << "nothing but a code";
  EXPECT_EQ(read.contents.accounts[0].name.expose(), "me");
}

TEST(Csv, ForeignAndHostileFilesAreRefused) {
  for (const std::string& foreign : {std::string("a,b,c\n1,2,3\n"), std::string("just text"), std::string("\n\n"), std::string("\xFF\xFEn\0a\0", 6),
                                     std::string("\"name,url,username,password\n"), std::string("{\"items\":[]}"), "name" + std::string(200, ',')})
    EXPECT_EQ(outcome_of(read_csv, foreign), Outcome::unsupported) << foreign.substr(0, 20);
  EXPECT_EQ(outcome_of(read_csv, ""), Outcome::damaged);
  EXPECT_EQ(outcome_of(read_csv, "\xEF\xBB\xBF"), Outcome::damaged);
  EXPECT_EQ(outcome_of(read_csv, "name,url,username,password,Password\n"), Outcome::damaged);
  EXPECT_EQ(outcome_of(read_csv, std::string(max_file + 1, 'x')), Outcome::refused);
  std::string many = "name,url,username,password\n";
  for (std::size_t i = 0; i < max_records; ++i) many += "a\n";
  EXPECT_EQ(outcome_of(read_csv, many), Outcome::refused);
  const Imported wide = read_csv(as_bytes("name,url,username,password\n" + std::string(1 << 20, ',') + "\na,b,c,d\n"));
  EXPECT_THAT(places(wide.refused), ElementsAre("line 2"));
  EXPECT_EQ(wide.contents.logins.size(), 1u);
}

RC_GTEST_PROP(CsvProperties, RowsOfAnyBytesComeBack, ()) {
  std::vector<std::vector<std::string>> rows{{"begin"}};  // nothing that looks like a byte order mark
  for (int i = *rc::gen::inRange(0, 5); i > 0; --i)
    rows.push_back(*rc::gen::container<std::vector<std::string>>(*rc::gen::inRange(1, 6), rc::gen::container<std::string>(rc::gen::oneOf(
        rc::gen::arbitrary<char>(), rc::gen::element('"', ',', '\r', '\n')))));
  SecretBytes file;
  for (const auto& row : rows) put_row(file, std::vector<std::string_view>(row.begin(), row.end()));
  const CsvTable table = read_table(file.expose());
  RC_ASSERT(table.refused.empty());
  RC_ASSERT(table.rows.size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RC_ASSERT(table.rows[i].fields.size() == rows[i].size());
    for (std::size_t k = 0; k < rows[i].size(); ++k) RC_ASSERT(table.rows[i].fields[k].equals(rows[i][k]));
  }
}

RC_GTEST_PROP(CsvProperties, LoginsComeBack, ()) {
  const Contents contents = arbitrary_logins(true);
  for (const auto write : {write_keepassxc_csv, write_bitwarden_csv}) {
    const Imported read = read_csv(write(contents).expose());
    RC_ASSERT(read.refused.empty() && read.remarks.empty());
    RC_ASSERT(fields_of(read.contents) == fields_of(contents));
  }
  Contents plain = arbitrary_logins(false);
  for (Login& login : plain.logins) login.group.clear();
  for (const auto write : {write_1password_csv, write_browser_csv}) RC_ASSERT(fields_of(read_csv(write(plain).expose()).contents) == fields_of(plain));
}

}  // namespace
}  // namespace hwbak::foreign
