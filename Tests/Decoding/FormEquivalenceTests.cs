using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Protocols.Native;
using TimeSeries.Ingest.Protocols.Native.Wire;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Decoding;

internal sealed class FormEquivalenceTests
{
    private const int Batches = 400;

    [Test]
    public void The_same_samples_give_the_same_columns_and_errors_in_every_encoding_and_form() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Batches), Prop.ForAll<int, byte>(AssertEqual));

    [Test]
    public void A_batch_that_is_used_again_forgets_the_one_before()
    {
        var reused = new SampleBatchBuilder();
        var request = new NativeRequest();
        var samples = new SampleBatch();
        var random = new Random(3);
        for (int i = 0; i < 50; i++)
        {
            byte[] body = ((BodyForm)(4 + (i % 4))).Write(LogicalBatch.Make(random, 30));
            samples.Clear();
            reused.Reset(samples);
            BatchDecoder.Decode(body, BodyFormat.MessagePack, request, reused);
            PushedBatch fresh = PushedBatch.MessagePack(body);
            var result = new BatchValidator(new BatchLimits()).Validate(reused, 1, new Timestamp(PushedBatch.Now));
            Assert.That((result.Usable, result.Rejected, result.Truncated, reused.RowCount),
                Is.EqualTo((fresh.Result.Usable, fresh.Result.Rejected, fresh.Result.Truncated, fresh.Received)));
        }
    }

    private static void AssertEqual(int seed, byte size)
    {
        Support.Samples.PushedBatch batch = LogicalBatch.Make(new Random(seed ^ size * 7919), 1 + size % 40);
        string expected = PushedBatch.MessagePack(BodyForm.MessagePackRows.Write(batch)).Describe();
        foreach (BodyForm form in Enum.GetValues<BodyForm>())
        {
            byte[] body = form.Write(batch);
            PushedBatch read = form.IsJson() ? PushedBatch.Json(body) : PushedBatch.MessagePack(body);
            Assert.That(read.Describe(), Is.EqualTo(expected), form.ToString());
        }
    }
}
