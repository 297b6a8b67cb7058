using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Benchmarks.Wire;

internal sealed class WireWriterTests
{
    [Test]
    public void Whole_numbers_survive_in_the_shortest_form_of_MessagePack(
        [Values(0, 127, 128, 255, 256, 65_535, 65_536, uint.MaxValue, uint.MaxValue + 1L, long.MaxValue, -1, -32, -33, -128, -129, -32_768, -32_769,
            int.MinValue, int.MinValue - 1L, long.MinValue)]
        long value)
    {
        MessagePackWireWriter writer = new();
        writer.Integer(value);
        int shortest = value switch
        {
            >= -32 and <= 127 => 1,
            >= -128 and <= 255 => 2,
            >= -32_768 and <= 65_535 => 3,
            >= int.MinValue and <= uint.MaxValue => 5,
            _ => 9,
        };
        Assert.That(MessagePackReading.Read(writer.Written), Is.EqualTo(value));
        Assert.That(writer.Written.Length, Is.EqualTo(shortest));
    }

    [Test]
    public void Texts_of_every_length_class_survive([Values(0, 31, 32, 255, 256, 65_535, 65_536)] int length)
    {
        MessagePackWireWriter writer = new();
        int offset = writer.Text(Enumerable.Repeat((byte)'x', length).ToArray());
        Assert.That(MessagePackReading.Read(writer.Written), Is.EqualTo(new string('x', length)));
        Assert.That(offset, Is.EqualTo(writer.Written.Length - length));
    }

    [Test]
    public void Missing_values_are_absent_or_null_in_every_form([Values] SampleForm form, [Values] bool json)
    {
        KindSchema kind = SampleSchema.Of(Kind.Httpc);
        WireColumn time = new(kind.Fields[kind.Ordinal("time")]);
        WireColumn host = new(kind.Fields[kind.Ordinal("host")]);
        WireColumn port = new(kind.Fields[kind.Ordinal("port")]);
        for (int row = 0; row < 5; row++)
        {
            time.Add(1_700_000_000_000 + row);
            host.Add("a"u8);
            port.Add(80L);
        }

        time.Add(1_700_000_000_005);
        host.AddMissing();
        port.AddMissing();
        IWireWriter writer = json ? new JsonWriter() : new MessagePackWireWriter();
        BodyWriter.Write(writer, kind, [time, host, port], form, "key"u8, new PatchPlaces());
        Dictionary<string, object?[]> columns = ReadBody.Columns(writer.Written, "httpc");
        Assert.That(columns["host"], Is.EqualTo(new object?[] { "a", "a", "a", "a", "a", null }));
        Assert.That(columns["port"], Is.EqualTo(new object?[] { 80L, 80L, 80L, 80L, 80L, null }));
    }

    [Test]
    public void Json_texts_are_escaped()
    {
        JsonWriter writer = new();
        writer.Text("a\"b\\c\nd\u0001é😀"u8);
        Assert.That(JsonDocument.Parse(writer.Written.ToArray()).RootElement.GetString(), Is.EqualTo("a\"b\\c\nd\u0001é😀"));
    }
}
