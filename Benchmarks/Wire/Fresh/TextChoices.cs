using System.Collections.Concurrent;
using System.IO.Hashing;
using TimeSeries.Benchmarks.Load;

namespace TimeSeries.Benchmarks.Wire.Fresh;

/// <summary>
/// Texts to choose from, shortest first, so that those of one length are neighbours: a text in a body is replaced by one of the same length, which keeps each
/// one's share. Thread safe.
/// </summary>
internal sealed class TextChoices : ValueSource
{
    private readonly byte[][] _given;
    private readonly ZipfChoice? _skew;
    private readonly Lazy<Sorted> _sorted;
    private readonly ConcurrentDictionary<TextChoices, int[]> _links = [];

    /// <param name="texts">The texts.</param>
    /// <param name="skew">How often each comes; null for all equally often.</param>
    public TextChoices(byte[][] texts, ZipfChoice? skew = null)
    {
        _given = texts;
        _skew = skew;
        _sorted = new Lazy<Sorted>(() => new Sorted(texts, skew));
    }

    public int Count => _given.Length;

    /// <summary>Any of them.</summary>
    public TextGroup All => _sorted.Value.All;

    /// <summary>Bytes that each text has in <see cref="Slots"/>.</summary>
    public int SlotBytes => _sorted.Value.SlotBytes;

    /// <summary>The texts in order, each in as many bytes as the longest has.</summary>
    public byte[] Slots => _sorted.Value.Slots;

    /// <summary>A text by its number in the order of lengths.</summary>
    public ReadOnlySpan<byte> this[int number] => _given[_sorted.Value.Order[number]];

    /// <summary>Chooses one as samples are made.</summary>
    public ReadOnlySpan<byte> Next(Random random) => _given[_skew?.Next(random) ?? random.Next(_given.Length)];

    /// <summary>Those of one length.</summary>
    public TextGroup OfLength(int bytes) => _sorted.Value.ByLength[bytes];

    /// <summary>For each text, by its number here, the number there of the one that belongs to it.</summary>
    public int[] LinkTo(TextChoices linked) => _links.GetOrAdd(linked, MakeLink);

    /// <summary>Which of as many texts belongs to a text.</summary>
    public static int LinkOf(ReadOnlySpan<byte> text, int count) => (int)(Crc32.HashToUInt32(text) % (uint)count);

    private int[] MakeLink(TextChoices linked)
    {
        int[] numbers = new int[linked.Count];
        for (int number = 0; number < numbers.Length; number++)
        {
            numbers[linked._sorted.Value.Order[number]] = number;
        }

        int[] link = new int[Count];
        for (int number = 0; number < link.Length; number++)
        {
            link[number] = numbers[LinkOf(this[number], linked.Count)];
        }

        return link;
    }

    // Made only where bodies are made fresh.
    private sealed class Sorted
    {
        public Sorted(byte[][] texts, ZipfChoice? skew)
        {
            Order = [.. Enumerable.Range(0, texts.Length).OrderBy(i => texts[i].Length)];
            SlotBytes = texts[Order[^1]].Length;
            Slots = new byte[SlotBytes * texts.Length];
            double[]? weights = skew is null ? null : [.. Order.Select(skew.ShareOf)];
            for (int number = 0; number < Order.Length; number++)
            {
                texts[Order[number]].CopyTo(Slots, number * SlotBytes);
            }

            All = new TextGroup(0, texts.Length, weights);
            for (int first = 0, end; first < Order.Length; first = end)
            {
                int length = texts[Order[first]].Length;
                for (end = first; end < Order.Length && texts[Order[end]].Length == length; end++)
                {
                }

                ByLength.Add(length, new TextGroup(first, end - first, weights));
            }
        }

        public int[] Order { get; }

        public int SlotBytes { get; }

        public byte[] Slots { get; }

        public TextGroup All { get; }

        public Dictionary<int, TextGroup> ByLength { get; } = [];
    }
}
