using NUnit.Framework;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Protocols.Native;
using TimeSeries.Ingest.Protocols.Native.Wire;
using TimeSeries.Ingest.Receive;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Decoding;

internal sealed class HostileBodyTests
{
    [TestCase(new byte[] { 0xDD, 0xFF, 0xFF, 0xFF, 0xFF })]
    [TestCase(new byte[] { 0xDF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [TestCase(new byte[] { 0xDF, 0x7F, 0xFF, 0xFF, 0xFF })]
    [TestCase(new byte[] { 0xDB, 0xFF, 0xFF, 0xFF, 0xFF })]
    [TestCase(new byte[] { 0xC6, 0x7F, 0xFF, 0xFF, 0xFF })]
    [TestCase(new byte[] { 0xC9, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF })]
    [TestCase(new byte[] { 0xDC, 0x00, 0x02, 0xC0 })]
    public void A_lying_length_is_refused_without_making_room_for_it(byte[] value)
    {
        byte[] body = PushedBatch.TransactionsHead().Raw(value).ToArray();
        var batch = new SampleBatchBuilder();
        var request = new NativeRequest();
        batch.Reset(new SampleBatch());
        BatchDecoder.Decode(body, BodyFormat.MessagePack, request, batch);
        batch.Reset(new SampleBatch());
        long before = GC.GetAllocatedBytesForCurrentThread();
        DecodeError? refusal = BatchDecoder.Decode(body, BodyFormat.MessagePack, request, batch);
        Assert.That((refusal is null, GC.GetAllocatedBytesForCurrentThread() - before),
            Is.EqualTo((false, 0L)).Using<(bool, long)>((x, y) => x.Item1 == y.Item1 && x.Item2 < 20_000));
    }

    [Test]
    public void Rows_without_values_before_a_whole_one_can_not_blow_up_the_columns()
    {
        const int Rows = 400_000;
        MessagePackBytes body = PushedBatch.TransactionsHead().Array(Rows);
        for (int i = 1; i < Rows; i++)
        {
            body.Map(0);
        }

        body.Map(5).Text("time").Int(PushedBatch.Now).Text("service").Text("/a").Text("elapsed").Int(1).Text("status").Int(200).Text("malloc").Int(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        PushedBatch batch = PushedBatch.MessagePack(body);
        Assert.That((batch.Refusal?.Field, GC.GetAllocatedBytesForCurrentThread() - before < 16_000_000), Is.EqualTo(("transaction", true)));
    }

    [Test]
    public void Bodies_cut_anywhere_are_refused_and_nothing_is_thrown()
    {
        foreach ((byte[] body, BodyFormat format) in Bodies())
        {
            for (int length = 0; length < body.Length; length++)
            {
                Assert.That(Push(body[..length], format).Refusal, Is.Not.Null, $"{format} cut at {length}");
            }
        }
    }

    private static PushedBatch Push(byte[] body, BodyFormat format) =>
        format == BodyFormat.Json ? PushedBatch.Json(body) : PushedBatch.MessagePack(body);

    private static IEnumerable<(byte[] Body, BodyFormat Format)> Bodies()
    {
        Support.Samples.PushedBatch batch = LogicalBatch.Make(new Random(7), rowCount: 4);
        return Enum.GetValues<BodyForm>().Select(form => (form.Write(batch), form.IsJson() ? BodyFormat.Json : BodyFormat.MessagePack));
    }
}
