using System.Globalization;
using System.Text.Json;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Lines.Clients;

/// <summary>npm's @influxdata/influxdb-client.</summary>
internal sealed class NodeLineClient : ILineClient
{
    public async Task<WriteReport> WriteAsync(IReadOnlyList<LinePoint> points, LineSettings settings)
    {
        using NodeProgram program = NodeProgram.Start("lines.js");
        await program.WriteInputAsync(JsonSerializer.Serialize(new
        {
            url = settings.Address,
            settings.Token,
            settings.Precision,
            settings.BatchSize,
            settings.Gzip,
            points = points.Select(point => new
            {
                point.Measurement,
                point.Tags,
                fields = point.Fields.ToDictionary(field => field.Key, field => new { type = TypeOf(field.Value), value = TextOf(field.Value) }),
                point.Time,
            }),
        }, JsonSerializerOptions.Web));
        WriteReport report = JsonSerializer.Deserialize<WriteReport>(await program.LineAsync(), JsonSerializerOptions.Web)!;
        await program.EndAsync();
        return report;
    }

    private static string TypeOf(object value) => value switch
    {
        double => "float",
        long => "int",
        ulong => "uint",
        bool => "boolean",
        _ => "string",
    };

    private static object TextOf(object value) => value is bool ? value : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
