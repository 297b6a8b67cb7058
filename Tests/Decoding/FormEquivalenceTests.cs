using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Protocols.Native;
using TimeSeries.Ingest.Protocols.Native.Wire;

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
            LogicalBatch batch = LogicalBatch.Make(random, 30);
            byte[] body = batch.ToMessagePack((SampleForm)(i % 4));
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
        LogicalBatch batch = LogicalBatch.Make(new Random(seed ^ size * 7919), 1 + size % 40);
        string expected = PushedBatch.MessagePack(batch.ToMessagePack(SampleForm.Rows)).Describe();
        foreach (SampleForm form in Enum.GetValues<SampleForm>())
        {
            Assert.That(PushedBatch.Json(batch.ToJson(form)).Describe(), Is.EqualTo(expected), $"JSON {form}");
            Assert.That(PushedBatch.MessagePack(batch.ToMessagePack(form)).Describe(), Is.EqualTo(expected), $"MessagePack {form}");
        }
    }
}
