using TimeSeries.Core.Building;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Otlp.Joining;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>The four sums of a transaction's calls in its row.</summary>
internal static class TransactionSums
{
    /// <summary>Sets the sums of a row; of a gateway's API the time of its calls is that of its upstream.</summary>
    public static void Set(KindBuilder transactions, int row, in CallSums calls, bool hasApi)
    {
        transactions.Field(Fields.Transaction.SqlCount).Numbers.Set(row, calls.SqlCount);
        transactions.Field(Fields.Transaction.HttpcCount).Numbers.Set(row, calls.HttpCount);
        transactions.Field(Fields.Transaction.SqlTime).Numbers.Set(row, Math.Min(calls.SqlTime, SampleSchema.MaxDurationMicroseconds));
        long httpTime = Math.Min(calls.HttpTime, SampleSchema.MaxDurationMicroseconds);
        transactions.Field(Fields.Transaction.HttpcTime).Numbers.Set(row, httpTime);
        if (hasApi)
        {
            transactions.Field(Fields.Transaction.UpstreamLatency).Numbers.Set(row, httpTime);
        }
    }

    /// <summary>Adds calls to a row that has its sums.</summary>
    public static void Add(KindBuilder transactions, int row, in CallSums calls, bool hasApi)
    {
        long Of(int field) => transactions.Field(field).Numbers.Values[row];
        CallSums before = new(
            (int)Of(Fields.Transaction.SqlCount), (int)Of(Fields.Transaction.HttpcCount), Of(Fields.Transaction.SqlTime), Of(Fields.Transaction.HttpcTime));
        Set(transactions, row, before + calls, hasApi);
    }
}
