namespace TimeSeries.Tests.Support.Samples;

/// <summary>Texts that break careless code, none empty and none over 1,024 bytes of UTF-8.</summary>
public static class HostileTexts
{
    public static IReadOnlyList<string> All { get; } =
    [
        "'; DROP TABLE transaction; --",
        "\"quoted\" \\back\\slash\\ 'single' `tick`",
        "nul\0inside",
        "\u0001\u001f\u007f control",
        "line\nbreak\r\ttab",
        " leading and trailing ",
        "\u202Eright to left\u202C \u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627",
        "e\u0301 is not \u00E9",
        "\u00E9",

        // By UTF-16 units the second sorts before the first, by UTF-8 bytes behind it.
        "\uFF21 fullwidth",
        "\U0001F98A fox",
        "\U0001F469\u200D\U0001F469\u200D\U0001F467 family",
        "\uFFFD replacement",
        "\uFEFF byte order mark",
        "한국어 日本語 ไทย",
        "{\"json\":[1,2]}",
        "<script>alert(1)</script>",
        "%00%2e%2e/..\\..//",
        "a,b=c d\\=e",
        "null",
        "0",
        "-0",
        new string('x', 1_024),
        string.Concat(Enumerable.Repeat("\u00E4", 512)),
        "service",
        "SERVICE",
        "Service",
    ];
}
