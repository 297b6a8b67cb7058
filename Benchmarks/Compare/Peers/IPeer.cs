using TimeSeries.Benchmarks.Compare.Requests;
using TimeSeries.Benchmarks.Http;

namespace TimeSeries.Benchmarks.Compare.Peers;

/// <summary>Another system, started for a measurement as a process of its own on an empty folder; both are gone when it is disposed.</summary>
internal interface IPeer : IDisposable
{
    /// <summary>What it takes.</summary>
    TextForm Form { get; }

    /// <summary>Where to.</summary>
    ServerAddress WriteAddress { get; }

    /// <summary>Rows of a request and requests at the same time: what it does best with.</summary>
    (int Rows, int Connections) Batches { get; }

    /// <summary>User and system time of its process.</summary>
    TimeSpan ProcessorTime { get; }

    /// <summary>Where a query is asked; null where it is not.</summary>
    PeerQuery? Find(ComparedQuery query);

    /// <summary>Rows that it has, by its own count.</summary>
    long Count();

    /// <summary>Has it merge what it would merge by itself later; returns the bytes of its files.</summary>
    long Finish();
}
