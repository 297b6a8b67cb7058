using NUnit.Framework;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Ingest;

/// <summary>Batches that a part of the host builds itself, past every protocol.</summary>
internal sealed class BatchSubmitterTests
{
    [Test]
    public async Task A_batch_that_a_part_of_the_host_builds_is_stored_and_counted_like_a_push()
    {
        await using IngestTestHost host = await IngestTestHost.StartAsync();
        CommitResult result = await host.SubmitAsync(BatchOf(host, "/rules"), key: null);
        await host.TakenAsync(host.Batch());
        Assert.That((result.Outcome, result.Counts), Is.EqualTo((CommitOutcome.Stored, new BatchCounts(1, 0, 0, 0))));
        Assert.That(host.Store.Batches.Select(batch => batch.RowCount), Is.EqualTo(new[] { 1, 1 }));
        await host.CountedAsync("received_total", 2);
        await host.CountedAsync("stored_total", 2);
        await host.CountedAsync("in_flight", 0);
    }

    [Test]
    public async Task A_batch_with_the_key_of_one_before_is_taken_once()
    {
        await using IngestTestHost host = await IngestTestHost.StartAsync();
        IdempotencyKey key = IdempotencyKey.OfAgent(1, 7, "rules"u8, "evaluation-1"u8);
        CommitResult first = await host.SubmitAsync(BatchOf(host, "/a"), key);
        CommitResult second = await host.SubmitAsync(BatchOf(host, "/a"), key);
        Assert.That((second.Outcome, second.Position), Is.EqualTo((CommitOutcome.Resent, first.Position)));
        Assert.That(host.Store.Batches, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_disk_that_fails_is_an_outcome_and_not_an_exception()
    {
        await using IngestTestHost host = await IngestTestHost.StartAsync();
        host.Files.Fail(FileOperation.Flush, times: int.MaxValue);
        CommitResult result = await host.SubmitAsync(BatchOf(host, "/a"), key: null);
        Assert.That((result.Outcome, host.Store.Batches.Count), Is.EqualTo((CommitOutcome.LogUnavailable, 0)));
    }

    private static ValidBatch BatchOf(IngestTestHost host, string service)
    {
        SampleBatchBuilder builder = new();
        builder.Reset(new SampleBatch());
        builder.Agent.Set("rules"u8);
        KindBuilder rows = builder.Of(Kind.Transaction);
        rows.Set(rows.Schema.Ordinal("time"), host.Now);
        rows.Set(rows.Schema.Ordinal("service"), System.Text.Encoding.UTF8.GetBytes(service));
        rows.Set(rows.Schema.Ordinal("elapsed"), 2L);
        rows.EndRow();
        return new BatchValidator(new BatchLimits()).Validate(builder, 1, new Timestamp(host.Now)).Batch!;
    }
}
