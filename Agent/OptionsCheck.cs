using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TimeSeries.Agent.Delivery;

namespace TimeSeries.Agent;

/// <summary>Checks the options when the host starts. Each error names its key; the token is never shown.</summary>
/// <param name="services">Where what sends comes from, which needs the options itself: address and token are for HTTP only.</param>
internal sealed class OptionsCheck(IServiceProvider services) : IValidateOptions<TimeSeriesAgentOptions>
{
    private const int MaxNameBytes = 1_024;
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    public ValidateOptionsResult Validate(string? name, TimeSeriesAgentOptions options)
    {
        string[] errors = options.Enabled ? [.. Errors(options)] : [];
        return errors.Length > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }

    private IEnumerable<string> Errors(TimeSeriesAgentOptions options)
    {
        if (services.GetRequiredService<IBatchSender>() is HttpBatchSender)
        {
            if (options.Endpoint is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            {
                yield return $"{Key(nameof(options.Endpoint))}: the server's address is missing or is none; it is like http://127.0.0.1:5080.";
            }

            if (options.Token.Length == 0 || options.Token.Any(c => c is < '!' or > '~'))
            {
                yield return $"{Key(nameof(options.Token))}: the token of the project is missing, or has characters that no token has.";
            }
        }

        if (options.Oname.Length == 0 || Encoding.UTF8.GetByteCount(options.Oname) > MaxNameBytes)
        {
            yield return $"{Key(nameof(options.Oname))}: '{options.Oname}' must have 1 to {MaxNameBytes} bytes.";
        }

        if (options.FlushInterval < TimeSpan.FromMilliseconds(100) || options.FlushInterval > TimeSpan.FromMinutes(1))
        {
            yield return $"{Key(nameof(options.FlushInterval))}: '{options.FlushInterval}' must be from 00:00:00.1 to 00:01:00.";
        }

        if (options.QueueSamples is < 100 or > 1_000_000)
        {
            yield return $"{Key(nameof(options.QueueSamples))}: '{options.QueueSamples}' must be from 100 to 1000000.";
        }

        if (options.BatchSamples is < 1 or > 100_000)
        {
            yield return $"{Key(nameof(options.BatchSamples))}: '{options.BatchSamples}' must be from 1 to 100000.";
        }

        if (options.ThreadInterval != TimeSpan.Zero && options.ThreadInterval < _second)
        {
            yield return $"{Key(nameof(options.ThreadInterval))}: '{options.ThreadInterval}' must be at least 00:00:01, or 0 to count no threads.";
        }

        if (options.ShutdownTimeout < TimeSpan.Zero)
        {
            yield return $"{Key(nameof(options.ShutdownTimeout))}: '{options.ShutdownTimeout}' must not be negative.";
        }

        if (options.RequestTimeout < _second)
        {
            yield return $"{Key(nameof(options.RequestTimeout))}: '{options.RequestTimeout}' must be at least 00:00:01.";
        }
    }

    private static string Key(string option) => $"{TimeSeriesAgentOptions.Section}:{option}";
}
