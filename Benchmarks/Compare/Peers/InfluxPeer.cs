using TimeSeries.Benchmarks.Compare.Requests;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Influx;

namespace TimeSeries.Benchmarks.Compare.Peers;

/// <summary>An influxd (1.x), written to by line protocol and asked by InfluxQL.</summary>
internal sealed class InfluxPeer(string program, TimeProvider clock) : IPeer
{
    public const string Settings = "default index and write-ahead log (fsynced); tags oname and service, all else fields; a time of its own for each row";

    private readonly InfluxServer _server = InfluxServer.Start(program);

    public TextForm Form => TextForm.Lines;

    public ServerAddress WriteAddress => ServerAddress.Parse($"{_server.Address}/write?db={InfluxServer.Database}&precision=ns", out _)!;

    public (int Rows, int Connections) Batches => (10_000, 4);

    public TimeSpan ProcessorTime => _server.ProcessorTime;

    public long Count() => _server.Number("SELECT count(\"elapsed\") FROM \"transaction\"");

    public long Finish() => _server.Compact(clock);

    public PeerQuery? Find(ComparedQuery query) => query.Influx is { } statement ? new(PathOf(statement), Exact: null) : null;

    public void Dispose() => _server.Dispose();

    // Times are ms.
    private ServerAddress PathOf(string statement) =>
        ServerAddress.Parse($"{_server.Address}/query?db={InfluxServer.Database}&epoch=ms&q={Uri.EscapeDataString(statement)}", out _)!;
}
