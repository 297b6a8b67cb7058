using System.Net;
using TimeSeries.Agent.Samples;

namespace TimeSeries.Agent.Delivery;

/// <summary>The fields of each kind, as they are on the wire (docs/ingest.md), and where a sample has them.</summary>
internal static class SampleColumns
{
    private const int NameBytes = 2_048;
    private const int TextBytes = 1_024;
    private const int LongBytes = 32_768;

    /// <summary>Adds the columns of samples of one kind.</summary>
    public static void Write(ColumnWriter to, SampleKind kind, ReadOnlySpan<QueuedSample> samples)
    {
        to.Integers("time", samples, static (in QueuedSample sample) => sample.Time);
        switch (kind)
        {
            case SampleKind.Transaction:
                WriteTransactions(to, samples);
                WriteGatewayFields(to, samples);
                break;
            case SampleKind.Sql:
                WriteStatements(to, samples);
                break;
            case SampleKind.Httpc:
                WriteCalls(to, samples);
                break;
            case SampleKind.Exception:
                WriteExceptions(to, samples);
                break;
            case SampleKind.Thread:
                to.Numbers("count", samples, static (in QueuedSample sample) => sample.Pushed is ThreadSample pushed ? pushed.Count : sample.Count);
                break;
            case SampleKind.Alert:
                WriteAlerts(to, samples);
                break;
            case SampleKind.Event:
                to.Texts("level", samples, TextBytes, static (in QueuedSample sample) => (sample.Pushed as EventSample)?.Level);
                to.Texts("type", samples, TextBytes, static (in QueuedSample sample) => (sample.Pushed as EventSample)?.Type);
                to.Texts("message", samples, LongBytes, static (in QueuedSample sample) => (sample.Pushed as EventSample)?.Message);
                break;
        }
    }

    private static void WriteTransactions(ColumnWriter to, ReadOnlySpan<QueuedSample> samples)
    {
        to.Texts("service", samples, NameBytes, static (in QueuedSample sample) => Own(sample) is { } own ? own.Service : sample.Name);
        to.Numbers("elapsed", samples, static (in QueuedSample sample) => Milliseconds(Own(sample) is { } own ? own.Elapsed : sample.Elapsed));
        to.Texts("txid", samples, TextBytes, static (in QueuedSample sample) => Own(sample) is { } own ? own.Txid : sample.Txid);
        to.Texts("method", samples, TextBytes, static (in QueuedSample sample) => Own(sample) is { } own ? own.Method : sample.Method);
        to.Integers("status", samples, static (in QueuedSample sample) => Own(sample) is { } own ? own.Status : Status(sample));
        to.Flags("error", samples, static (in QueuedSample sample) => Own(sample) is { } own ? own.Error : sample.Error);
        to.Texts("error_class", samples, TextBytes, static (in QueuedSample sample) => Own(sample) is { } own ? own.ErrorClass : sample.ErrorClass);
        to.Texts("error_message", samples, LongBytes, static (in QueuedSample sample) => Own(sample) is { } own ? own.ErrorMessage : sample.ErrorMessage);
        to.Integers("sql_count", samples, static (in QueuedSample sample) => Own(sample) is { } own ? own.SqlCount : sample.Sums.SqlCount);
        to.Numbers("sql_time", samples, static (in QueuedSample sample) => Milliseconds(Own(sample) is { } own ? own.SqlTime : sample.Sums.SqlTime));
        to.Integers("httpc_count", samples, static (in QueuedSample sample) => Own(sample) is { } own ? own.HttpcCount : sample.Sums.HttpcCount);
        to.Numbers("httpc_time", samples, static (in QueuedSample sample) => Milliseconds(Own(sample) is { } own ? own.HttpcTime : sample.Sums.HttpcTime));
        to.Texts("remote_ip", samples, TextBytes, static (in QueuedSample sample) => Own(sample) is { } own ? own.RemoteIp : Address(sample.RemoteIp));
        to.Texts("user_agent", samples, TextBytes, static (in QueuedSample sample) => Own(sample) is { } own ? own.UserAgent : NotEmpty(sample.UserAgent));
        to.Texts("user_id", samples, TextBytes, static (in QueuedSample sample) => Own(sample) is { } own ? own.UserId : sample.UserId);
    }

    // Only pushed samples have these.
    private static void WriteGatewayFields(ColumnWriter to, ReadOnlySpan<QueuedSample> samples)
    {
        to.Integers("sql_fetch_count", samples, static (in QueuedSample sample) => Own(sample)?.SqlFetchCount);
        to.Numbers("sql_fetch_time", samples, static (in QueuedSample sample) => Milliseconds(Own(sample)?.SqlFetchTime));
        to.Numbers("cpu_time", samples, static (in QueuedSample sample) => Milliseconds(Own(sample)?.CpuTime));
        to.Integers("malloc", samples, static (in QueuedSample sample) => Own(sample)?.Malloc);
        to.Texts("country", samples, TextBytes, static (in QueuedSample sample) => Own(sample)?.Country);
        to.Texts("city", samples, TextBytes, static (in QueuedSample sample) => Own(sample)?.City);
        to.Texts("api_id", samples, TextBytes, static (in QueuedSample sample) => Own(sample)?.ApiId);
        to.Texts("api_name", samples, TextBytes, static (in QueuedSample sample) => Own(sample)?.ApiName);
        to.Texts("api_key", samples, TextBytes, static (in QueuedSample sample) => Own(sample)?.ApiKey);
        to.Texts("oauth_id", samples, TextBytes, static (in QueuedSample sample) => Own(sample)?.OauthId);
        to.Texts("alias", samples, TextBytes, static (in QueuedSample sample) => Own(sample)?.Alias);
        to.Numbers("upstream_latency", samples, static (in QueuedSample sample) => Milliseconds(Own(sample)?.UpstreamLatency));
    }

    private static void WriteStatements(ColumnWriter to, ReadOnlySpan<QueuedSample> samples)
    {
        to.Texts("sql", samples, LongBytes, static (in QueuedSample sample) => sample.Name);
        to.Numbers("elapsed", samples, static (in QueuedSample sample) => Milliseconds(sample.Pushed is SqlSample own ? own.Elapsed : sample.Elapsed));
        to.Texts("db", samples, TextBytes, static (in QueuedSample sample) => sample.Pushed is SqlSample own ? own.Db : sample.Method);
        to.Flags("error", samples, static (in QueuedSample sample) => sample.Pushed is SqlSample own ? own.Error : sample.Error);
        to.Integers("fetch_count", samples, static (in QueuedSample sample) => sample.Pushed is SqlSample own ? own.FetchCount : Count(sample));
        to.Numbers("fetch_time", samples, static (in QueuedSample sample) => Milliseconds((sample.Pushed as SqlSample)?.FetchTime));
        to.Texts("txid", samples, TextBytes, static (in QueuedSample sample) => sample.Pushed is SqlSample own ? own.Txid : sample.Txid);
        to.Texts("service", samples, NameBytes, static (in QueuedSample sample) => sample.Pushed is SqlSample own ? own.Service : sample.Service);
    }

    private static void WriteCalls(ColumnWriter to, ReadOnlySpan<QueuedSample> samples)
    {
        to.Texts("url", samples, NameBytes, static (in QueuedSample sample) => sample.Pushed is HttpcSample own ? own.Url : sample.Name);
        to.Numbers("elapsed", samples, static (in QueuedSample sample) => Milliseconds(sample.Pushed is HttpcSample own ? own.Elapsed : sample.Elapsed));
        to.Texts("host", samples, TextBytes, static (in QueuedSample sample) => sample.Pushed is HttpcSample own ? own.Host : sample.Host);
        to.Integers("port", samples, static (in QueuedSample sample) => sample.Pushed is HttpcSample own ? own.Port : sample.Port == 0 ? null : sample.Port);
        to.Texts("method", samples, TextBytes, static (in QueuedSample sample) => sample.Pushed is HttpcSample own ? own.Method : sample.Method);
        to.Integers("status", samples, static (in QueuedSample sample) => sample.Pushed is HttpcSample own ? own.Status : Status(sample));
        to.Flags("error", samples, static (in QueuedSample sample) => sample.Pushed is HttpcSample own ? own.Error : sample.Error);
        to.Texts("txid", samples, TextBytes, static (in QueuedSample sample) => sample.Pushed is HttpcSample own ? own.Txid : sample.Txid);
        to.Texts("service", samples, NameBytes, static (in QueuedSample sample) => sample.Pushed is HttpcSample own ? own.Service : sample.Service);
    }

    private static void WriteExceptions(ColumnWriter to, ReadOnlySpan<QueuedSample> samples)
    {
        to.Texts("class", samples, NameBytes, static (in QueuedSample sample) => sample.Pushed is ExceptionSample own ? own.Class : sample.Name);
        to.Texts("message", samples, LongBytes, static (in QueuedSample sample) => sample.Pushed is ExceptionSample own ? own.Message : sample.ErrorMessage);
        to.Texts("stack", samples, LongBytes, static (in QueuedSample sample) => sample.Pushed is ExceptionSample own ? own.Stack : sample.Stack);
        to.Integers("snap_seq", samples, static (in QueuedSample sample) => (sample.Pushed as ExceptionSample)?.SnapSeq);
        to.Texts("txid", samples, TextBytes, static (in QueuedSample sample) => sample.Pushed is ExceptionSample own ? own.Txid : sample.Txid);
        to.Texts("service", samples, NameBytes, static (in QueuedSample sample) => sample.Pushed is ExceptionSample own ? own.Service : sample.Service);
    }

    private static void WriteAlerts(ColumnWriter to, ReadOnlySpan<QueuedSample> samples)
    {
        to.Texts("severity", samples, TextBytes, static (in QueuedSample sample) => (sample.Pushed as AlertSample)?.Severity.ToString());
        to.Texts("source", samples, NameBytes, static (in QueuedSample sample) => (sample.Pushed as AlertSample)?.Source);
        to.Texts("title", samples, TextBytes, static (in QueuedSample sample) => (sample.Pushed as AlertSample)?.Title);
        to.Texts("id", samples, TextBytes, static (in QueuedSample sample) => (sample.Pushed as AlertSample)?.Id?.ToString());
        to.Texts("description", samples, LongBytes, static (in QueuedSample sample) => (sample.Pushed as AlertSample)?.Description);
        to.Maps("labels", samples, static (in QueuedSample sample) => (sample.Pushed as AlertSample)?.Labels);
        to.Maps("annotations", samples, static (in QueuedSample sample) => (sample.Pushed as AlertSample)?.Annotations);
    }

    private static TransactionSample? Own(in QueuedSample sample) => sample.Pushed as TransactionSample;

    private static double Milliseconds(TimeSpan time) => time.TotalMilliseconds;

    private static double? Milliseconds(TimeSpan? time) => time?.TotalMilliseconds;

    private static long? Status(in QueuedSample sample) => sample.Status == 0 ? null : sample.Status;

    private static long? Count(in QueuedSample sample) => sample.Count < 0 ? null : sample.Count;

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string? Address(object? address) => address switch
    {
        IPAddress { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        IPAddress other => other.ToString(),
        string text => First(text),
        _ => null,
    };

    // Proxies add themselves behind a comma.
    private static string First(string text) => text.IndexOf(',', StringComparison.Ordinal) is > 0 and int comma ? text[..comma].Trim() : text;
}
