return TimeSeries.Hosting.Running.HostRefusal.Run("Ingest", args);
