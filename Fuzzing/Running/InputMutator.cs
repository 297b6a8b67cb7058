using System.Text;

namespace TimeSeries.Fuzzing.Running;

/// <summary>
/// Changes inputs at random, as AFL's havoc does: bits, bytes, numbers at the edges of their types, blocks that are taken out, doubled or put in from another
/// input, and words that the format knows. Not thread safe.
/// </summary>
internal sealed class InputMutator(Random random, IReadOnlyList<byte[]> words, int maxBytes)
{
    // A power of two each time, as AFL has it: mostly few changes, at times many.
    private const int MostStacked = 6;
    private const int MostBlock = 64;

    private readonly List<byte> _bytes = [];

    /// <summary>Numbers at the edges of their types, little and big endian.</summary>
    public static IEnumerable<byte[]> Numbers { get; } =
    [
        [0xFF, 0xFF], [0x7F, 0xFF], [0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0],
        [0, 0, 0, 0x80], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0, 0, 0, 0, 0x80],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1],
    ];

    /// <summary>Values of JSON.</summary>
    public static IEnumerable<byte[]> JsonWords { get; } = [.. new[]
    {
        "null", "true", "false", "{}", "[]", "\"\"", "[[", "]]", "{\"", "\":", ",", "1e308", "-0", "1e-400", "9223372036854775807", "-9223372036854775808",
        "18446744073709551616", "0.1", "\\ud800", "\\u0000", "\\\"", "\uFEFF",
    }.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Signs and values of line protocol.</summary>
    public static IEnumerable<byte[]> LineWords { get; } = [.. new[]
    {
        "\n", "\r\n", ",", "=", " ", "\\", "\\ ", "\\,", "\\=", "\"", "\\\"", "#", "i", "u", "t", "F", "1e308", "-0", "9223372036854775807i", "1.", ".5",
        "1e", "NaN", ",host=", " 1769947200000000000",
    }.Select(Encoding.UTF8.GetBytes)];

    /// <summary>A changed copy of an input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="other">Another, which blocks may come from.</param>
    public byte[] Mutate(byte[] input, byte[] other)
    {
        _bytes.Clear();
        _bytes.AddRange(input);
        for (int changes = 1 << random.Next(MostStacked); changes > 0; changes--)
        {
            Change(other);
        }

        if (_bytes.Count > maxBytes)
        {
            _bytes.RemoveRange(maxBytes, _bytes.Count - maxBytes);
        }

        return [.. _bytes];
    }

    private void Change(byte[] other)
    {
        int at = random.Next(_bytes.Count + 1);
        int room = _bytes.Count - at;
        switch (random.Next(10))
        {
            case 0 when room > 0:
                _bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when room > 0:
                _bytes[at] = (byte)random.Next(256);
                break;
            case 2 when room > 0:
                _bytes[at] += (byte)random.Next(-35, 36);
                break;
            case 3 when room > 0:
                _bytes.RemoveRange(at, random.Next(1, Math.Min(room, MostBlock) + 1));
                break;
            case 4:
                _bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 9)));
                break;
            case 5 when room > 0:
                _bytes.InsertRange(random.Next(_bytes.Count + 1), _bytes.GetRange(at, random.Next(1, Math.Min(room, MostBlock) + 1)));
                break;
            case 6 when room > 0:
                Overwrite(random.Next(_bytes.Count), _bytes.GetRange(at, random.Next(1, Math.Min(room, MostBlock) + 1)));
                break;
            case 7 when other.Length > 0:
                int from = random.Next(other.Length);
                _bytes.InsertRange(at, other.AsSpan(from, random.Next(1, Math.Min(other.Length - from, MostBlock) + 1)).ToArray());
                break;
            case 8 when words.Count > 0:
                _bytes.InsertRange(at, words[random.Next(words.Count)]);
                break;
            case 9 when words.Count > 0:
                Overwrite(at, words[random.Next(words.Count)]);
                break;
            default:
                break;
        }
    }

    private void Overwrite(int at, IReadOnlyList<byte> with)
    {
        for (int i = 0; i < with.Count && at + i < _bytes.Count; i++)
        {
            _bytes[at + i] = with[i];
        }
    }
}
