using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using NUnit.Framework;
using TimeSeries.Core.Aggregate.Grouping;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Tests.Hashing;

/// <summary>Texts, numbers and ids chosen so that a table would become slow.</summary>
[TestFixture]
[NonParallelizable]
public sealed class FloodTests
{
    private const int Count = 24_000;

    // A slot of 4,096 has half a text of 2,000 by chance; twelve in one is less likely than one in a thousand million.
    private const int Slots = 4_096;
    private const int Chosen = 2_000;
    private const int MostInASlot = 12;

    [Test]
    public void Texts_chosen_for_the_secret_of_another_process_are_spread_as_others()
    {
        HashKeys other = HashKeys.Random();
        ulong secret = SymbolHash.RandomSeed();
        byte[] text = new byte[8];
        int[] perSlot = new int[Slots];
        int found = 0;
        for (ulong i = 0; found < Chosen; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(text, i);
            uint guess = Aes.IsSupported ? SymbolHash.ByAes(text, in other) : SymbolHash.Of(text, secret);
            if (guess % Slots == 0)
            {
                found++;
                perSlot[SymbolHash.Of(text) % Slots]++;
            }
        }

        Assert.That(perSlot.Max(), Is.LessThan(MostInASlot));
    }

    [TestCase(8, Description = "differences in one word")]
    [TestCase(16, Description = "in the second word")]
    [TestCase(40, Description = "in a later block")]
    public void Texts_that_differ_in_few_bits_are_spread_as_others(int length)
    {
        byte[] text = new byte[length];
        for (int shift = 0; shift < 48; shift++)
        {
            int[] perSlot = new int[Slots];
            for (ulong i = 0; i < Chosen; i++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(text.AsSpan(length - 8), i << shift);
                perSlot[SymbolHash.Of(text) % Slots]++;
            }

            Assert.That(perSlot.Max(), Is.LessThan(MostInASlot), $"shifted by {shift}");
        }
    }

    [Test]
    public void Differences_of_a_block_are_not_cancelled_by_those_of_the_next()
    {
        // One AES round turns each byte into a column that is one of 256; all of them stand in the second block.
        byte[] text = new byte[32];
        HashSet<uint> hashes = [];
        for (int i = 0; i < 1 << 16; i++)
        {
            text[0] = (byte)i;
            byte column = (byte)(i >> 8);
            byte twice = (byte)((column << 1) ^ (column >= 0x80 ? 0x1B : 0));
            (text[16], text[17], text[18], text[19]) = (twice, column, column, (byte)(twice ^ column));
            hashes.Add(SymbolHash.Of(text));
        }

        Assert.That(hashes, Has.Count.GreaterThan((1 << 16) - 16));
    }

    [Test]
    public void Every_length_and_every_byte_counts()
    {
        HashSet<uint> hashes = [];
        for (int length = 0; length <= 70; length++)
        {
            byte[] text = new byte[length];
            hashes.Add(SymbolHash.Of(text));
            for (int i = 0; i < length; i++)
            {
                text[i] = 1;
                hashes.Add(SymbolHash.Of(text));
                text[i] = 0;
            }
        }

        Assert.That(hashes, Has.Count.EqualTo(71 + (70 * 71 / 2)));
    }

    [Test]
    public void A_table_whose_hashes_are_all_equal_takes_a_secret_and_finds_every_text()
    {
        uint bits = SymbolTable.HashBits;
        SymbolTable.HashBits = 0;
        try
        {
            SymbolTable table = new();
            Fill(table);
            Assert.That(table.HasSecret, Is.True);
            AssertFindsAll(table);
            SymbolTable added = new();
            for (int i = 0; i < Count; i++)
            {
                added.Add(Text(i));
                added.Add(Text(i));
            }

            Assert.That(added.Intern(Text(7)), Is.EqualTo(14), "indexed at the first look-up, the first of two found");
            Assert.That(added.HasSecret, Is.True);
            SymbolTable merged = new();
            int[] codes = new int[Count];
            merged.InternAll(table.View(), codes);
            Assert.That(merged.HasSecret, Is.True);
            Assert.That(codes, Is.EqualTo(Enumerable.Range(0, Count)));
            merged.Clear();
            Assert.That(merged.HasSecret, Is.False, "as at the start, for other texts");
            Assert.That(merged.Intern(Text(5)), Is.Zero);
        }
        finally
        {
            SymbolTable.HashBits = bits;
        }
    }

    [Test]
    public void A_table_of_other_texts_takes_none()
    {
        SymbolTable table = new();
        Fill(table);
        Assert.That(table.HasSecret, Is.False);
        AssertFindsAll(table);
    }

    [Test]
    public void A_table_of_numbers_chosen_for_its_slots_takes_a_secret_and_finds_every_number()
    {
        // What only someone knows who reads the memory of this process: numbers that lead to the first slots of the largest table.
        LongHashTable table = new();
        List<long> numbers = [];
        for (long number = 0; numbers.Count < 3_000; number++)
        {
            if (HashMix.SlotOf(number, LongHashTable.ProcessSecret, 64 - 13) < 8)
            {
                numbers.Add(number);
            }
        }

        int[] ids = [.. numbers.Select(table.Intern)];
        Assert.That(table.HasSecret, Is.True);
        Assert.That(ids, Is.EqualTo(Enumerable.Range(0, numbers.Count)));
        Assert.That(numbers.Select(table.Intern), Is.EqualTo(ids));
    }

    [TestCase(1L)]
    [TestCase(1L << 32)]
    [TestCase(0x4F1BBCDCBFA53E0A)]
    public void Numbers_in_equal_steps_take_none(long step)
    {
        LongHashTable table = new();
        for (long i = 0; i < Count; i++)
        {
            table.Intern(unchecked(i * step));
        }

        Assert.That(table.Count, Is.EqualTo(Count));
        Assert.That(table.HasSecret, Is.False);
    }

    [Test]
    public void Ids_that_the_framework_hashes_alike_are_spread()
    {
        Guid[] ids = [.. Enumerable.Range(0, Chosen).Select(i => new Guid(i, 0, 0, [0, 0, 0, 0, .. BitConverter.GetBytes(i)]))];
        Assert.That(ids.Select(id => id.GetHashCode()).Distinct().Count(), Is.EqualTo(1), "what was attacked");
        Assert.That(ids.Select(IdComparer.Instance.GetHashCode).Distinct().Count(), Is.GreaterThan(Chosen - 4));
        Assert.That(ids.Select(id => IdComparer.Instance.GetHashCode((1L, id))).Distinct().Count(), Is.GreaterThan(Chosen - 4));
    }

    private static void Fill(SymbolTable table)
    {
        for (int i = 0; i < Count; i++)
        {
            Assert.That(table.Intern(Text(i)), Is.EqualTo(i));
        }
    }

    private static void AssertFindsAll(SymbolTable table)
    {
        for (int i = 0; i < Count; i++)
        {
            Assert.That(table.Intern(Text(i)), Is.EqualTo(i));
        }
    }

    private static byte[] Text(int i) => System.Text.Encoding.ASCII.GetBytes($"text-{i:D8}");
}
