using Microsoft.Extensions.Logging;

namespace TimeSeries.Simulation.Rules;

/// <summary>A log in which nothing may stand that nobody foresaw: what a loop catches and only logs is a fault of a run, unless the disk made it.</summary>
internal sealed class FaultLogger<T>(Action<Exception> fault) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error && exception is not (null or IOException))
        {
            fault(exception);
        }
    }
}
