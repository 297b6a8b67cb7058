using System.Globalization;
using System.Text;
using TimeSeries.Core.Memory;

namespace TimeSeries.Ingest.Protocols.Native.Wire;

/// <summary>Resolves the escapes of a JSON string that <see cref="System.Text.Json.Utf8JsonReader"/> has found well-formed.</summary>
internal static class JsonEscapes
{
    /// <summary>Writes the text without escapes; false when it has a lone surrogate, which UTF-8 can't hold.</summary>
    public static bool TryResolve(ReadOnlySpan<byte> escaped, TextBuffer into)
    {
        into.Clear();
        while (true)
        {
            int backslash = escaped.IndexOf((byte)'\\');
            if (backslash < 0)
            {
                into.Add(escaped);
                return true;
            }

            into.Add(escaped[..backslash]);
            byte kind = escaped[backslash + 1];
            escaped = escaped[(backslash + 2)..];
            if (kind != (byte)'u')
            {
                into.Add(Short(kind));
            }
            else if (!TryCodePoint(ref escaped, into))
            {
                return false;
            }
        }
    }

    private static byte Short(byte kind) => kind switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => kind,
    };

    private static bool TryCodePoint(ref ReadOnlySpan<byte> rest, TextBuffer into)
    {
        char first = Unit(rest);
        rest = rest[4..];
        Rune rune;
        if (!char.IsSurrogate(first))
        {
            rune = new Rune(first);
        }
        else if (rest.StartsWith("\\u"u8) && Rune.TryCreate(first, Unit(rest[2..]), out rune))
        {
            rest = rest[6..];
        }
        else
        {
            return false;
        }

        Span<byte> utf8 = stackalloc byte[4];
        into.Add(utf8[..rune.EncodeToUtf8(utf8)]);
        return true;
    }

    private static char Unit(ReadOnlySpan<byte> hex) => (char)ushort.Parse(hex[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
