namespace TimeSeries.Benchmarks.Http;

/// <summary>What batches are pushed over: the load generator's own connection, or a <see cref="BatchClient"/>. Used by one thread.</summary>
internal interface IBatchConnection
{
    /// <summary>The body of the last answer; valid until the next call.</summary>
    ReadOnlySpan<byte> AnswerBody { get; }

    /// <summary>Sends a request and returns the head of its answer.</summary>
    HttpAnswer Exchange(ReadOnlySpan<byte> request);
}
