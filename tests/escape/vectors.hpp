// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What every codec must make of a text; no output: it must refuse the text.
#pragma once

#include <optional>
#include <string_view>

namespace esxvi::test {

struct Vector {
  std::string_view input{};
  std::optional<std::string_view> output{};
};

inline constexpr Vector percent_encode[] = {
    {"", ""},
    {"a/b", "a%2fb"},
    {"100%", "100%25"},
    {"%2f", "%252f"},
    {"%%%", "%25%25%25"},
    {"a b|c\"d", "a b|c\"d"},
    {"\346\227\245\346\234\254/\350\252\236", "\346\227\245\346\234\254%2f\350\252\236"},
    {"+-", "+-"},
    {"x%", "x%25"},
};

inline constexpr Vector percent_decode[] = {
    {"", ""},
    {"a%2Fb", "a/b"},
    {"100%25", "100%"},
    {"%41", "A"},
    {"abc%", std::nullopt},
    {"%zz", std::nullopt},
    {"%%41", std::nullopt},
    {"%2f%2F%25", "//%"},
    {"% 41", std::nullopt},
    {"a%00b", std::nullopt},
};

inline constexpr Vector percent_decode_lenient[] = {
    {"50% off", "50% off"}, {"a%2fb%", "a/b%"},  {"%%41", "%A"},
    {"100%25", "100%"},     {"%5C%2F%", "\\/%"},
};

inline constexpr Vector pipe_encode[] = {
    {"Some |text| to test the \"escaping\": ||\"\"||\"| Unescaped!",
     "Some |7ctext|7c to test the |22escaping|22: |7c|7c|22|22|7c|7c|22|7c Unescaped!"},
    {"", ""},
    {"a|b", "a|7cb"},
    {"\"", "|22"},
    {"||", "|7c|7c"},
    {"%|%", "%|7c%"},
    {"\303\274|\303\274", "\303\274|7c\303\274"},
    {"tail|", "tail|7c"},
    {"line1|line2 100%", "line1|7cline2 100%"},
};

inline constexpr Vector pipe_decode[] = {
    {"Some |7Ctext|7C to test the |22escaping|22: |7C|7C|22|22|7C|7C|22|7C "
     "|45|73|63|61|70|65|64|21",
     "Some |text| to test the \"escaping\": ||\"\"||\"| Escaped!"},
    {"", ""},
    {"a|7Cb", "a|b"},
    {"|0A", "\n"},
    {"|41", "A"},
    {"|", std::nullopt},
    {"||7c", std::nullopt},
    {"a|7c7c", "a|7c"},
    {"|00", std::nullopt},
    {"end|2", std::nullopt},
};

inline constexpr Vector vmxname_encode[] = {
    {"", ""},
    {"a/b|c\"d", "a%2fb|7cc|22d"},
    {"%41", "%2541"},
    {"50% \"off\" | now", "50%25 |22off|22 |7c now"},
    {"|%", "|7c%25"},
    {"\"/\"", "|22%2f|22"},
    {"C:\\VMs\\x", "C:%5cVMs%5cx"},
    {"|25", "|7c25"},
};

inline constexpr Vector vmxname_decode[] = {
    {"a%2fb|7cc|22d", "a/b|c\"d"},
    {"%7c41", "A"},
    {"%2541", "%41"},
    {"%25|7c", "%|"},
    {"%22", "\""},
    {"bad%", std::nullopt},
    {"%7c7c22", "|22"},
    {"%7C", std::nullopt},
    {"100%25 |22ok|22", "100% \"ok\""},
};

inline constexpr Vector winpath_encode[] = {
    {"", ""},         {"\"*<>:|?", "_______"}, {"C:\\x", "C_\\x"},
    {"a__b", "a__b"}, {"%|%", "%_%"},          {"***", "___"},
};

inline constexpr Vector vmbase64_encode[] = {
    {"", ""},
    {"+", "+Kw"},
    {"a-b", "a-b"},
    {"~-", "+fg--"},
    {"~-~", "+fg--+fg"},
    {"~", "+fg"},
    {"~~~~", "+fn5+fg"},
    {"~a", "+fg-a"},
    {"\303\244\303\266\303\274", "+w6TDtsO8"},
    {"\302\240", "+wqA"},
    {"%2f", "+JQ-2f"},
    {"x==", "x+PT0"},
    {"\t", "+CQ"},
    {"~!~!~!", "+fiF+IX4h"},
    {"\303\277\303\277\303\277", "+w7,Dv8O,"},
    {"~--", "+fg---"},
};

inline constexpr Vector vmbase64_decode[] = {
    {"", ""},
    {"+Kw", "+"},
    {"+fg", "~"},
    {"+fg--", "~-"},
    {"+fn5+", "~~~"},
    {"+Iey,gA-A", "!\354\277\200A"},
    {"+", std::nullopt},
    {"a+", std::nullopt},
    {"+fn5+f", std::nullopt},
    {"+fg vmx", "~ vmx"},
    {"+,,8-x", "\377\377x"},
    {"x+fh-y", "x~y"},
    {"+8J+YgA", "\360\237\230\200"},
    {"-+fg-", "-~"},
    {"%+JQ-", "%%"},
};

inline constexpr Vector vmbase64_decode_canonical[] = {
    {"+fg-", std::nullopt}, {"+QQ-x", std::nullopt}, {"+fh", std::nullopt},
    {"+fg-.vmx", "~.vmx"},  {"abc-", "abc-"},
};

inline constexpr Vector dsitem_encode[] = {
    {"normal", "normal"},
    {"A\303\2441\303\2662\303\2743\303\2374#5~6!7\302\2478/9%Z",
     "A+w6Q-1+w7Y-2+w7w-3+w58-4+Iw-5+fg-6+IQ-7+wqc-8+JQ-2f9+JQ-25Z"},
    {"Z~6!7\302\2478/9%0#1\"2'3`4&A", "Z+fg-6+IQ-7+wqc-8+JQ-2f9+JQ-250+Iw-1_2'3+YA-4+Jg-A"},
    {"\346\250\231\346\272\226\350\252\236", "+5qiZ5rqW6Kqe"},
    {"!\"#$%&'()*+,-./0123456789:;<=>?",
     "+IQ-_+IyQl-25+Jg-'()_+Kw-,-.+JQ-2f0123456789_+Ow-_+PQ-__"},
    {"A Z[\\]^_B", "A Z+WyU-5c+XV4-_B"},
    {"A`B@{|}~DEL", "A+YA-B+QHs-_+fX4-DEL"},
    {"h\303\200\303\201\303\202\303\203\303\204\303\205H", "h+w4DDgcOCw4PDhMOF-H"},
    {"A\354\277\200Z", "A+7L+A-Z"},
    {"!\354\277\200A", "+Iey,gA-A"},
    {"~~~", "+fn5+"},
    {"~~~A", "+fn5+-A"},
    {"K%U/H\\Z", "K+JQ-25U+JQ-2fH+JQ-5cZ"},
    {"vvv<A\"B\"C>zzz", "vvv_A_B_C_zzz"},
    {"", ""},
    {"my vm", "my vm"},
    {"a-b", "a-b"},
    {"a\\b", "a+JQ-5cb"},
    {"%41", "+JQ-2541"},
    {"//", "+JQ-2f+JQ-2f"},
    {"//a", "+JQ-2f+JQ-2fa"},
    {"/~", "+JQ-2f+fg"},
    {"a|b", "a_b"},
    {"[x]", "+Ww-x+XQ"},
    {"\303\274", "+w7w"},
    {"\346\227\245\346\234\254\350\252\236", "+5pel5pys6Kqe"},
    {"\360\237\230\200 vm", "+8J+YgA- vm"},
    {"don't (stop), now.", "don't (stop), now."},
    {"__", "__"},
    {"~~", "+fn4"},
    {"!/!", "+ISU-2f+IQ"},
    {"end~", "end+fg"},
    {"+", "+Kw"},
    {"+-", "+Kw--"},
    {"~-", "+fg--"},
    {"t\303\251st%20x", "t+w6k-st+JQ-2520x"},
    {"k8s=node;1", "k8s+PQ-node+Ow-1"},
    {"{a}", "+ew-a+fQ"},
    {"disk 1.vmdk", "disk 1.vmdk"},
    {"x^y", "x+Xg-y"},
    {"\303\211", "+w4k"},
    {"%", "+JQ-25"},
    {"\\\\", "+JQ-5c+JQ-5c"},
    {"\"q\"", "_q_"},
    {"a%|b", "a+JQ-25_b"},
};

inline constexpr Vector dsitem_decode[] = {
    {"vm1", "vm1"},        {"a+JQ-2fb", "a/b"},
    {"+JQ-2541", "%41"},   {"M+w7w-ller", "M\303\274ller"},
    {"a+b", std::nullopt}, {"a+JQ-2", std::nullopt},
    {"a_b", "a_b"},        {"+JQ-2F", "/"},
    {"a+JTJm-b", "a/b"},
};

inline constexpr Vector windows1252_decode[] = {
    {"normal", "normal"},
    {"A\200Z", "A\342\202\254Z"},
    {"A\3441\3662\3743\3374#5~6!7\2478/9%Z",
     "A\303\2441\303\2662\303\2743\303\2374#5~6!7\302\2478/9%Z"},
    {"h\300\301\302\303\304\305H", "h\303\200\303\201\303\202\303\203\303\204\303\205H"},
    {"", ""},
    {"\202\203\204", "\342\200\232\306\222\342\200\236"},
    {"\212\213\214\216", "\305\240\342\200\271\305\222\305\275"},
    {"\225\226\227\230\231", "\342\200\242\342\200\223\342\200\224\313\234\342\204\242"},
    {"\240\255\377", "\302\240\302\255\303\277"},
    {"\201", std::nullopt},
    {"\235", std::nullopt},
    {"\220z", std::nullopt},
    {"\177\t", "\177\t"},
    {"\327\367", "\303\227\303\267"},
};

inline constexpr Vector windows1252_encode[] = {
    {"\342\202\254", "\200"},         {"\342\200\234q\342\200\235", "\223q\224"},
    {"\303\277\302\240", "\377\240"}, {"\305\274", std::nullopt},
    {"\304\200", std::nullopt},
};

inline constexpr Vector uri_encode[] = {
    {"", ""},
    {"dir/file.vmx", "dir%2Ffile.vmx"},
    {"a%b", "a%25b"},
    {"~-._", "~-._"},
    {"a&b=c?d#e", "a%26b%3Dc%3Fd%23e"},
    {"ha-datacenter", "ha-datacenter"},
    {"a+b,c", "a%2Bb%2Cc"},
};

inline constexpr Vector uri_decode[] = {
    {"a%20b", "a b"},     {"%2B", "+"},           {"%C3%BC", "\303\274"},
    {"%2", std::nullopt}, {"%c3%bc", "\303\274"},
};

inline constexpr Vector xml_encode[] = {
    {"", ""},
    {"<x>", "&lt;x&gt;"},
    {"a]]>b", "a]]&gt;b"},
    {"&amp;", "&amp;amp;"},
};

// Datastore, directory (the whole path when it has no /), path.
inline constexpr Vector datastore_path_parse[] = {
    {"[datastore] directory/file", "datastore\tdirectory\tdirectory/file"},
    {"[datastore] directory1/directory2/file",
     "datastore\tdirectory1/directory2\tdirectory1/directory2/file"},
    {"[datastore] file", "datastore\tfile\tfile"},
    {"[datastore] directory/", "datastore\tdirectory\tdirectory/"},
    {"[datastore]", "datastore\t\t"},
    {"[] directory/file", std::nullopt},
    {"directory/file", std::nullopt},
    {"[ds1] a/b.vmdk", "ds1\ta\ta/b.vmdk"},
    {"[ds1]a/b", "ds1\ta\ta/b"},
    {"[ds] a/b/c/d.iso", "ds\ta/b/c\ta/b/c/d.iso"},
    {"[]", std::nullopt},
    {"[ds] a//b", "ds\ta/\ta//b"},
    {"[d] /x", "d\t\t/x"},
    {"[ds] a/ b", "ds\ta\ta/ b"},
};

}  // namespace esxvi::test
