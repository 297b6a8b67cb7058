namespace TimeSeries.Simulation.Running;

/// <summary>A promise was broken.</summary>
internal sealed class SimulationFault : Exception
{
    public SimulationFault()
    {
    }

    public SimulationFault(string message)
        : base(message)
    {
    }

    public SimulationFault(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
