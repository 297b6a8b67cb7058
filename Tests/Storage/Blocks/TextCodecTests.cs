using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded.Blocks.Codecs;
using TimeSeries.Core.Threads;

namespace TimeSeries.Tests.Storage.Blocks;

[TestFixture]
public sealed class TextCodecTests
{
    private static readonly Gen<string?> _texts = Gen.OneOf(
        Gen.Elements<string?>(null, "", "a", "0", "00ff", "00FF", "\0", "é", "😀", "deadbeef-0000-1111-2222-333344445555"),
        ArbMap.Default.GeneratorFor<Guid>().Select(id => (string?)id.ToString("D")),
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => (string?)text.Get));

    private static readonly Gen<string?> _hex = Gen.OneOf(
        Gen.Constant<string?>(null), ArbMap.Default.GeneratorFor<ulong>().Select(id => (string?)id.ToString("x16", null)));

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public Property Any_texts_come_back() => Prop.ForAll(_texts.ArrayOf().ToArbitrary(), ComesBack);

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public Property Hex_texts_with_gaps_come_back() => Prop.ForAll(_hex.ArrayOf().ToArbitrary(), ComesBack);

    [TestCase("0123456789abcdef", 8)]
    [TestCase("0123456789abcde", 8)]
    [TestCase("deadbeef-0000-1111-2222-333344445555", 16)]
    public void Hex_takes_half_a_byte_a_digit(string text, int bytesPerText)
    {
        ByteWriter bytes = Encode([.. Enumerable.Repeat(text, 100)]);
        Assert.That(bytes.Count, Is.EqualTo(2 + 100 * bytesPerText));
    }

    [Test]
    public void Long_texts_come_back() =>
        Assert.That(ComesBack([new string('x', 32_768), null, new string('é', 16_384), ""]), Is.True);

    [Test]
    public void Cut_bytes_are_refused()
    {
        string?[] texts = ["one", null, "three", ""];
        byte[] whole = [.. Encode(texts).Written];
        Assert.Multiple(() =>
        {
            for (int length = 0; length < whole.Length; length++)
            {
                byte[] cut = [.. whole.AsSpan(0, length), .. new byte[BitPacking.SlackBytes]];
                Assert.That(() => TextCodec.Decode(cut, new int[texts.Length]), Throws.TypeOf<InvalidDataException>());
            }
        });
    }

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public Property Any_codes_come_back() => Prop.ForAll(Gen.Choose(-1, 70_000).ArrayOf().ToArbitrary(), codes =>
    {
        if (codes.Length == 0)
        {
            return true;
        }

        ByteWriter bytes = new();
        new DictionaryIndexCodec().Encode(codes, bytes);
        bytes.Take(BitPacking.SlackBytes);
        int[] decoded = new int[codes.Length];
        DictionaryIndexCodec.Decode(bytes.Written, 70_001, decoded);
        return decoded.AsSpan().SequenceEqual(codes);
    });

    [Test]
    public void A_code_without_a_text_is_refused()
    {
        ByteWriter bytes = new();
        new DictionaryIndexCodec().Encode([0, 1, 2, 3], bytes);
        bytes.Take(BitPacking.SlackBytes);
        Assert.That(() => DictionaryIndexCodec.Decode(bytes.Written, 3, new int[4]), Throws.TypeOf<InvalidDataException>());
    }

    private static ByteWriter Encode(string?[] texts)
    {
        SymbolTable symbols = new();
        int[] codes = [.. texts.Select(text => text is null ? TextColumn.Missing : symbols.Add(Encoding.UTF8.GetBytes(text)))];
        ByteWriter bytes = new();
        new TextCodec(CooperativeYield.Urgent).Encode(codes, symbols.View(), bytes);
        return bytes;
    }

    private static bool ComesBack(string?[] texts)
    {
        // A lone surrogate is no text and never gets past the validator.
        texts = [.. texts.Select(text => text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)))];
        ByteWriter bytes = Encode(texts);
        bytes.Take(BitPacking.SlackBytes);
        int[] codes = new int[texts.Length];
        SymbolView symbols = TextCodec.Decode(bytes.Written, codes);
        return codes.Select(code => code == TextColumn.Missing ? null : Encoding.UTF8.GetString(symbols[code])).SequenceEqual(texts);
    }
}
