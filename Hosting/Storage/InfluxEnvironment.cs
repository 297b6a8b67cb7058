using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TimeSeries.Core.Files;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Storage;

/// <summary>
/// The settings of InfluxDB, from <c>influx.env</c> and the environment. They are read only where <c>Storage:Kind</c> is <c>influx</c>.
/// Their errors are reported together with those of the options. Thread safe.
/// </summary>
internal sealed class InfluxEnvironment(IFileSystem files, IHostEnvironment host, IConfiguration configuration, SectionOptions<StorageOptions> storage)
    : IValidateOptions<HostStart>
{
    /// <summary>The key under which the command line names the file.</summary>
    public const string FileKey = "influx-env";

    private readonly Lazy<InfluxOptionsOutcome> _outcome = new(() =>
        InfluxOptionsReader.Read(files, host.ContentRootPath, configuration[FileKey], Environment.GetEnvironmentVariable));

    /// <summary>The settings, once they are valid.</summary>
    public InfluxOptions Options =>
        _outcome.Value.Options
        ?? throw new OptionsValidationException(Microsoft.Extensions.Options.Options.DefaultName, typeof(InfluxOptions), _outcome.Value.Errors);

    public ValidateOptionsResult Validate(string? name, HostStart options) =>
        storage.Unvalidated.Kind == StorageKind.Influx && _outcome.Value.Errors.Count > 0
            ? ValidateOptionsResult.Fail(_outcome.Value.Errors)
            : ValidateOptionsResult.Success;
}
